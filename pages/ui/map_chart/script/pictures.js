// The map as a picture file.

const SCALE = 2;

/** Returns the picture as SVG text, with the halo that the page's style sheet gives the names. */
async function vectorPicture(plot, look) {
  const { width, height } = plot.layout;
  const answer = await window.Plotly.toImage(plot, { format: "svg", width, height, imageDataOnly: true });
  const halo = `.annotation-text{paint-order:stroke;stroke:${look.background};stroke-width:4px;stroke-linejoin:round}`;
  return answer.replace(/(<svg[^>]*>)/, `$1<style>${halo}</style>`);
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
