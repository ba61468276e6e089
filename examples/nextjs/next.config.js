/** @type {import("next").NextConfig} */
export default {
  // It opens connections of its own, which is for Node and not for a bundler.
  serverExternalPackages: ["exeunt"],
};
