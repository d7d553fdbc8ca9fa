import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

// Of Svelte's runtime: fields to write in, which only what comes later has.
const fields = /svelte\/src\/internal\/client\/dom\/(elements\/bindings\/(input|select)|blocks\/(key|snippet))\.js$/;
// Custom elements, and components as classes: the page has none.
const unused = /svelte\/src\/(internal\/client\/dom\/elements\/custom-element|legacy\/legacy-client)\.js$/;

export default defineConfig({
  plugins: [svelte()],
  build: {
    target: "es2022",
    assetsInlineLimit: 0, // the content policy allows no data: scripts or fonts
    // Styles must be there before what they style; what a module imports comes by itself.
    modulePreload: { polyfill: false, resolveDependencies: (_, files, { hostType }) => (hostType === "html" ? files : files.filter((f) => f.endsWith(".css"))) },
    chunkSizeWarningLimit: 2000, // the layout worker is large, and loaded after the first paint
    rolldownOptions: {
      treeshake: { moduleSideEffects: (id) => !fields.test(id) && !unused.test(id) },
      output: { codeSplitting: { groups: [{ name: "fields", test: fields, includeDependenciesRecursively: false }] } },
    },
  },
});
