// @ts-check
/** A copy of the notes in IndexedDB, so that the board has something to show at once. */

const table = "notes";

/** @returns {Promise<IDBDatabase>} */
export function openCopy() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("notes", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(table);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      // Whoever wants to delete it need not wait for this page.
      database.onversionchange = () => database.close();
      resolve(database);
    };
  });
}

/**
 * @param {IDBDatabase} database
 * @returns {Promise<string[]>}
 */
export function readCopy(database) {
  return new Promise((resolve, reject) => {
    const reading = database.transaction(table).objectStore(table).get("all");
    reading.onsuccess = () => resolve(reading.result ?? []);
    reading.onerror = () => reject(reading.error);
  });
}

/**
 * @param {IDBDatabase} database
 * @param {string[]} notes
 */
export function writeCopy(database, notes) {
  database.transaction(table, "readwrite").objectStore(table).put(notes, "all");
}
