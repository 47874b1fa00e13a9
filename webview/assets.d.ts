/** The bundler delivers an imported .svg as its text from the view box on (esbuild.config.mjs), and puts an imported .css beside the script. */
declare module '*.svg' {
  const text: string;
  export default text;
}
declare module '*.css';
