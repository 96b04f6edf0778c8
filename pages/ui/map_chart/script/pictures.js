// The map as a picture file.

const SCALE = 2;

/** Returns the picture as SVG text, with the halo and the font that the page gives the names. */
async function vectorPicture(plot, look) {
  const { data, layout } = plot;
  const { width, height } = layout;
  // Points are pixels in an SVG too, so they are drawn as fine as the picture will be.
  const config = { plotGlPixelRatio: SCALE };
  const asked = { format: "svg", width, height, imageDataOnly: true };
  const answer = await window.Plotly.toImage({ data, layout, config }, asked);
  const halo = `.annotation-text{paint-order:stroke;stroke:${look.background};stroke-width:4px;stroke-linejoin:round}`;
  return answer.replace(/(<svg[^>]*>)/, `$1<style>${await fontRule(look.family)}${halo}</style>`);
}

/**
 * Returns a style rule that holds the page's first font, or nothing where the system has it: a
 * picture loads no other file, and names in a wider font would touch.
 */
async function fontRule(families) {
  const bare = (name) => name.trim().replaceAll(/["']/g, "");
  const family = bare(families.split(",")[0]);
  for (const { style, base } of fontFaces()) {
    if (bare(style.fontFamily) !== family || style.fontStyle === "italic") continue;
    const [, source] = /url\(["']?([^"')]+)/.exec(style.getPropertyValue("src")) ?? [];
    const answer = source && (await fetch(new URL(source, base)).catch(() => null));
    if (!answer?.ok) continue;
    const address = await dataAddress(await answer.blob());
    return `@font-face{font-family:"${family}";font-weight:${style.fontWeight || 400};src:url(${address})}`;
  }
  return "";
}

function fontFaces() {
  return [...document.styleSheets].flatMap((sheet) => {
    try {
      const rules = [...sheet.cssRules].filter((rule) => rule instanceof CSSFontFaceRule);
      return rules.map(({ style }) => ({ style, base: sheet.href ?? document.baseURI }));
    } catch {
      return []; // a style sheet of another site keeps its rules to itself
    }
  });
}

function dataAddress(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

async function pixelPicture(svg, width, height) {
  const image = new Image();
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = SCALE * width;
    canvas.height = SCALE * height;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Hands the picture to the browser as a download; `format` is "png" or "svg". */
export async function downloadPicture(plot, look, format, name) {
  const svg = await vectorPicture(plot, look);
  const { width, height } = plot.layout;
  const file =
    format === "svg"
      ? new Blob([svg], { type: "image/svg+xml" })
      : await pixelPicture(svg, width, height);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = `${name}.${format}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
