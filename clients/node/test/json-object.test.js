import assert from "node:assert/strict";
import { test } from "node:test";
import { JSONObject } from "../src/core/json-object.js";

const read = (text) => JSONObject.read(Buffer.from(text));

test("members are read by their types", () => {
  const object = read(`{ "s" : "a\\/b \\"q\\" é \\u00e9 \\ud83d\\ude00", "e":"", "n":-12, "z":0, "f":1.5e3,
    "big":99999999999999999999, "t":true, "u":null, "l":["x","y\\/z"], "m":["x",1], "none":[],
    "o":{"s":"inner","s":[[{"a":[]}]]} }`);
  assert.equal(object.string("s"), 'a/b "q" é é 😀');
  assert.equal(object.string("e"), "");
  assert.equal(object.integer("n"), -12);
  assert.equal(object.integer("z"), 0);
  assert.deepEqual(object.strings("l"), ["x", "y/z"]);
  assert.deepEqual(object.strings("e"), [""]);
  assert.deepEqual(object.strings("none"), []);
  for (const name of ["f", "big", "t", "u", "o", "m", "l"]) {
    assert.ok(object.has(name), name);
    assert.equal(object.string(name), undefined, name);
    assert.equal(object.integer(name), undefined, name);
  }
  assert.equal(object.strings("m"), undefined);
  assert.ok(!object.has("inner"));
  assert.ok(!object.has("constructor"));
  assert.ok(!read(" {} ").has("a"));
});

for (const text of [
  ...["", " ", "[]", "1", '"a"', "{", "{}}", "{} x", "{,}", '{"a"}', '{"a":}', '{"a":1,}', '{"a":1 "b":2}'],
  ...["{a:1}", "{'a':1}", '{"a":01}', '{"a":-}', '{"a":1.}', '{"a":.5}', '{"a":1e}', '{"a":+1}', '{"a":"x}'],
  ...['{"a":"x\\"}', '{"a":tru}', '{"a":nul}', '{"a":NaN}', '{"a":[1,]}', '{"a":[1 2]}', '{"a":{"b"}}'],
  ...['{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '{"a":"\u0001"}', '{"a":"\n"}', '{"a":1}\0'],
  '{"a":[[[[[[[[[[1]]]]]]]]]]}',
]) {
  test(`what is no object, or one with a trick in it, is refused: ${JSON.stringify(text)}`, () => {
    assert.equal(read(text), undefined);
  });
}

test("a string that is none is not given out", () => {
  for (const text of ["\\q", "\\ud800", "\\u12"]) assert.equal(read(`{"a":"${text}"}`).string("a"), undefined);
  const bytes = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]);
  assert.equal(JSONObject.read(bytes).string("a"), undefined);
});

test("it refuses whatever a general reader refuses", () => {
  const pieces = ["{", "}", "[", "]", ":", ",", '"a"', '"b"', "1", "-", "e1", ".5", "null", "true", " ", "\\", '"'];
  let seed = 1;
  const chance = () => (seed = (seed * 48_271) % 2_147_483_647);
  for (let turn = 0; turn < 20_000; turn += 1) {
    let text = "{";
    for (let count = 0; count < 9; count += 1) text += pieces[chance() % pieces.length];
    for (const whole of [text, `${text}}`]) if (read(whole)) assert.doesNotThrow(() => JSON.parse(whole), whole);
  }
});
