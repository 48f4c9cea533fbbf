//! Pictures that cost the most for their bytes, in the decoders and in the
//! search.

use std::io::Cursor;

use hcert::qr::{EcLevel, QrSymbol};
use image::codecs::{gif::GifEncoder, jpeg::JpegEncoder, webp::WebPEncoder};
use image::{ExtendedColorType, ImageEncoder as _};

/// A name and a file.
pub type Picture = (String, Vec<u8>);

// ---- Pictures ----

/// Sides of square pictures: half a megapixel to what nothing takes.
pub const SIDES: [u32; 7] = [700, 2000, 3400, 4400, 5400, 6300, 7071];

/// White pictures in each form of PNG.
pub fn nothing(sides: &[u32]) -> Vec<Picture> {
    use png::{BitDepth::*, ColorType::*};
    let mut pictures = Vec::new();
    for &side in sides {
        for (colour, depth) in [
            (Grayscale, One),
            (Grayscale, Eight),
            (Grayscale, Sixteen),
            (GrayscaleAlpha, Sixteen),
            (Indexed, One),
            (Indexed, Eight),
            (Rgb, Eight),
            (Rgb, Sixteen),
            (Rgba, Eight),
            (Rgba, Sixteen),
        ] {
            for interlaced in [false, true] {
                let name = format!("png {side} {colour:?} {depth:?} {interlaced}");
                pictures.push((name, empty_png(side, colour, depth, interlaced)));
            }
        }
    }
    pictures
}

/// White pictures in each form of JPEG, GIF and WebP.
pub fn photographs(sides: &[u32]) -> Vec<Picture> {
    let mut pictures = Vec::new();
    for &side in sides {
        let name = |form: &str| format!("{form} {side}");
        let (side16, colours) = (
            side as u16,
            [ExtendedColorType::L8, ExtendedColorType::Rgb8],
        );
        for colour in colours {
            let name = format!("jpeg {side} {colour:?}");
            pictures.push((name, baseline_jpeg(side, colour)));
        }
        for components in [1, 3, 4] {
            let name = format!("progressive jpeg {side} {components}");
            pictures.push((name, progressive_jpeg(side16, components, 3)));
        }
        pictures.push((name("gif"), gif(side)));
        pictures.push((name("gif canvas"), gif_canvas(side16)));
        pictures.push((name("webp"), webp(side, ExtendedColorType::Rgb8)));
        pictures.push((name("webp alpha"), webp(side, ExtendedColorType::Rgba8)));
        pictures.push((name("animated webp"), animated_webp(side, 20)));
    }
    // A side that the detector can't count, an area that is small.
    pictures.push(("gif strip".into(), gif_canvas(65_535)));
    pictures
}

/// JPEG pictures with many scans.
pub fn progressive() -> Vec<Picture> {
    let mut pictures = Vec::new();
    for (side, scans) in [(700, 90), (700, 20_000), (2000, 90), (3400, 90), (5000, 90)] {
        let name = format!("{scans} scans of {side}");
        pictures.push((name, progressive_jpeg(side, 3, scans)));
    }
    pictures
}

/// Pictures full of what looks like the corner of a symbol.
pub fn corners() -> Vec<Picture> {
    let mut pictures = Vec::new();
    for (module, step) in [(1, 8), (1, 9), (1, 12), (2, 16), (2, 20), (3, 30), (4, 40)] {
        for side in [600, 1200, 2400, 4000] {
            let mut canvas = Canvas::new(side, side);
            canvas.finders(module, step);
            pictures.push((format!("finders {module} {step} {side}"), canvas.png()));
        }
    }
    // Fewer, and larger: each is traced along all of its edges.
    for (module, step) in [(8, 80), (16, 120), (32, 240), (60, 430)] {
        let mut canvas = Canvas::new(4000, 4000);
        canvas.finders(module, step);
        pictures.push((format!("finders {module} {step} 4000"), canvas.png()));
    }
    // Every attempt finds others.
    for side in [2000, 4000] {
        let mut canvas = Canvas::new(side, side);
        for (n, module) in [1, 2, 4, 8].into_iter().enumerate() {
            for y in (n * side / 4..(n + 1) * side / 4).step_by(9 * module) {
                for x in (0..side).step_by(9 * module) {
                    canvas.finder(x, y, module);
                }
            }
        }
        pictures.push((format!("finders of four sizes {side}"), canvas.png()));
    }
    // Scattered by chance.
    for (module, count) in [(1, 30_000), (2, 10_000), (4, 3000), (6, 1000)] {
        let mut canvas = Canvas::new(4000, 4000);
        let mut noise = Noise(2_463_534_242);
        for _ in 0..count {
            let (x, y) = (noise.next() as usize % 3990, noise.next() as usize % 3990);
            canvas.finder(x, y, module);
        }
        pictures.push((format!("{count} scattered finders {module}"), canvas.png()));
    }
    pictures
}

/// Symbols that can be found and not decoded.
pub fn broken_symbols() -> Vec<Picture> {
    let mut pictures = Vec::new();
    for (text, module, side) in [
        (100, 2, 1000),
        (100, 2, 4000),
        (300, 2, 4000),
        (500, 3, 4000),
        (1000, 2, 4000),
        (2000, 2, 4000),
        (4200, 2, 1000),
        (4200, 2, 4000),
        (4200, 1, 4000),
        (4200, 5, 4000),
        (4200, 20, 4000),
    ] {
        let dark = broken_symbol(text);
        let step = (dark.len() + 4) * module;
        let mut canvas = Canvas::new(side, side);
        for y in (4..side).step_by(step).take_while(|y| y + step <= side) {
            for x in (4..side).step_by(step).take_while(|x| x + step <= side) {
                canvas.modules(x, y, module, &dark);
            }
        }
        pictures.push((format!("broken {text} {module} {side}"), canvas.png()));
        // Corners too many, at distances that all fit.
        let mut crowded = canvas.clone();
        for n in 0..40 {
            for m in 0..40 {
                crowded.finder(n * side / 40, m * side / 40, module);
            }
        }
        pictures.push((format!("crowded {text} {module} {side}"), crowded.png()));
    }
    pictures
}

/// Noise, and stripes of all widths.
pub fn noise_and_stripes() -> Vec<Picture> {
    let mut pictures = Vec::new();
    for side in [1200, 2400, 4000] {
        for cell in [1, 2, 3, 5] {
            for dark in [20, 50, 80] {
                let name = format!("noise {side} {cell} {dark}");
                pictures.push((name, noise(side, cell, dark).png()));
            }
        }
        // Lines in 1:1:3:1:1 across, which no row below confirms, or all do.
        for module in [1, 2, 5] {
            let mut canvas = Canvas::new(side, side);
            for y in 0..side {
                for x in 0..side {
                    let at = x / module % 8;
                    let dark = at == 0 || (2..5).contains(&at) || at == 6;
                    canvas.pixels[y * side + x] = if dark { 0 } else { 255 };
                }
            }
            pictures.push((format!("stripes {side} {module}"), canvas.png()));
            // The same, as rings around one middle.
            let mut rings = Canvas::new(side, side);
            for n in (0..side / (2 * module)).rev() {
                let luma = if n % 2 == 0 { 0 } else { 255 };
                let (at, length) = (side / 2 - n * module, (2 * n + 3) * module);
                rings.square(at, at, length, luma);
            }
            pictures.push((format!("rings {side} {module}"), rings.png()));
        }
    }
    pictures
}

// ---- Files ----

/// A PNG of zeros.
fn empty_png(side: u32, colour: png::ColorType, depth: png::BitDepth, interlaced: bool) -> Vec<u8> {
    let channels = match colour {
        png::ColorType::Grayscale | png::ColorType::Indexed => 1,
        png::ColorType::GrayscaleAlpha => 2,
        png::ColorType::Rgb => 3,
        png::ColorType::Rgba => 4,
    };
    let side = side as usize;
    let bits = channels * depth as usize;
    let passes: &[(usize, usize, usize, usize)] = match interlaced {
        false => &[(0, 0, 1, 1)],
        true => &[
            (0, 0, 8, 8),
            (4, 0, 8, 8),
            (0, 4, 4, 8),
            (2, 0, 4, 4),
            (0, 2, 2, 4),
            (1, 0, 2, 2),
            (0, 1, 1, 2),
        ],
    };
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(9));
    for (x, y, dx, dy) in passes {
        let width = (side - x).div_ceil(*dx);
        let height = (side - y).div_ceil(*dy);
        // The filter that costs the most: 4 is Paeth.
        let mut row = vec![0; 1 + (width * bits).div_ceil(8)];
        row[0] = 4;
        for _ in 0..height {
            std::io::Write::write_all(&mut zlib, &row).unwrap();
        }
    }
    let data = zlib.finish().unwrap();
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let size = (side as u32).to_be_bytes();
    let kind = [depth as u8, colour as u8, 0, 0, u8::from(interlaced)];
    png_chunk(&mut file, b"IHDR", &[&size[..], &size, &kind].concat());
    if colour == png::ColorType::Indexed {
        png_chunk(&mut file, b"PLTE", &[255; 768]);
        png_chunk(&mut file, b"tRNS", &[0; 256]);
    }
    png_chunk(&mut file, b"IDAT", &data);
    png_chunk(&mut file, b"IEND", b"");
    file
}

fn png_chunk(file: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    file.extend((data.len() as u32).to_be_bytes());
    let mut crc = flate2::Crc::new();
    crc.update(kind);
    crc.update(data);
    file.extend(kind);
    file.extend(data);
    file.extend(crc.sum().to_be_bytes());
}

fn jpeg_segment(file: &mut Vec<u8>, marker: u8, data: &[u8]) {
    file.extend([0xff, marker]);
    file.extend((data.len() as u16 + 2).to_be_bytes());
    file.extend(data);
}

/// A progressive JPEG of nothing: every scan goes over all blocks in a few
/// bytes, as runs of ended blocks.
fn progressive_jpeg(side: u16, components: u8, scans: usize) -> Vec<u8> {
    let mut file = vec![0xff, 0xd8];
    jpeg_segment(&mut file, 0xdb, &[&[0][..], &[1; 64]].concat());
    let size = side.to_be_bytes();
    let mut frame = [&[8][..], &size, &size, &[components]].concat();
    for id in 1..=components {
        frame.extend([id, 0x11, 0]);
    }
    jpeg_segment(&mut file, 0xc2, &frame);
    // One code of one bit each: DC difference 0, and an end-of-band run.
    let one_code = |class: u8, symbol: u8| {
        let mut table = vec![class, 1];
        table.extend([0; 15]);
        table.push(symbol);
        table
    };
    jpeg_segment(&mut file, 0xc4, &one_code(0x00, 0));
    jpeg_segment(&mut file, 0xc4, &one_code(0x10, 0xe0));
    let blocks = usize::from(side).div_ceil(8).pow(2);
    let mut first = vec![components];
    for id in 1..=components {
        first.extend([id, 0]);
    }
    first.extend([0, 0, 0]);
    jpeg_segment(&mut file, 0xda, &first);
    file.resize(
        file.len() + (blocks * usize::from(components)).div_ceil(8),
        0,
    );
    for n in 0..scans {
        let id = 1 + n as u8 % components;
        jpeg_segment(&mut file, 0xda, &[1, id, 0, 1, 63, 0]);
        file.resize(file.len() + (blocks.div_ceil(1 << 14) * 15).div_ceil(8), 0);
    }
    file.extend([0xff, 0xd9]);
    file
}

fn baseline_jpeg(side: u32, colour: ExtendedColorType) -> Vec<u8> {
    let mut file = Vec::new();
    let channels = usize::from(colour.channel_count());
    let pixels = vec![200; channels * (side * side) as usize];
    JpegEncoder::new_with_quality(&mut file, 10)
        .write_image(&pixels, side, side, colour)
        .unwrap();
    file
}

fn gif(side: u32) -> Vec<u8> {
    let mut file = Vec::new();
    let pixels = vec![0; 3 * (side * side) as usize];
    GifEncoder::new(&mut file)
        .encode(&pixels, side, side, ExtendedColorType::Rgb8)
        .unwrap();
    file
}

/// A GIF whose canvas is large, and whose frame is one pixel.
fn gif_canvas(side: u16) -> Vec<u8> {
    let mut file = b"GIF89a".to_vec();
    file.extend(side.to_le_bytes());
    file.extend(side.to_le_bytes());
    file.extend([0x80, 0, 0, 0, 0, 0, 255, 255, 255]);
    file.extend([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3b]);
    file
}

fn webp(side: u32, colour: ExtendedColorType) -> Vec<u8> {
    let mut file = Vec::new();
    let channels = usize::from(colour.channel_count());
    let pixels = vec![0; channels * (side * side) as usize];
    WebPEncoder::new_lossless(&mut file)
        .write_image(&pixels, side, side, colour)
        .unwrap();
    file
}

/// An animation of many frames, each of the whole canvas.
fn animated_webp(side: u32, frames: usize) -> Vec<u8> {
    let still = webp(side, ExtendedColorType::Rgba8);
    let image = &still[12..];
    let size = (side - 1).to_le_bytes();
    let size = &size[..3];
    let chunk = |kind: &[u8; 4], data: &[u8]| {
        let mut out = kind.to_vec();
        out.extend((data.len() as u32).to_le_bytes());
        out.extend(data);
        out.resize(out.len().next_multiple_of(2), 0);
        out
    };
    let frame = [&[0; 6][..], size, size, &[0, 0, 0, 0], image].concat();
    let mut body = b"WEBP".to_vec();
    body.extend(chunk(b"VP8X", &[&[0x12, 0, 0, 0][..], size, size].concat()));
    body.extend(chunk(b"ANIM", &[0; 6]));
    for _ in 0..frames {
        body.extend(chunk(b"ANMF", &frame));
    }
    let mut file = b"RIFF".to_vec();
    file.extend((body.len() as u32).to_le_bytes());
    file.extend(body);
    file
}

// ---- Drawings ----

/// A drawing in black on white.
#[derive(Clone)]
struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Canvas {
    fn new(width: usize, height: usize) -> Self {
        let pixels = vec![255; width * height];
        Self {
            width,
            height,
            pixels,
        }
    }

    fn square(&mut self, x: usize, y: usize, side: usize, luma: u8) {
        for y in y..(y + side).min(self.height) {
            let end = (x + side).min(self.width);
            if x < end {
                self.pixels[y * self.width + x..y * self.width + end].fill(luma);
            }
        }
    }

    /// The corner of a QR symbol, its modules of so many pixels.
    fn finder(&mut self, x: usize, y: usize, module: usize) {
        self.square(x, y, 7 * module, 0);
        self.square(x + module, y + module, 5 * module, 255);
        self.square(x + 2 * module, y + 2 * module, 3 * module, 0);
    }

    fn finders(&mut self, module: usize, step: usize) {
        for y in (0..self.height).step_by(step) {
            for x in (0..self.width).step_by(step) {
                self.finder(x, y, module);
            }
        }
    }

    fn modules(&mut self, x: usize, y: usize, module: usize, dark: &[Vec<bool>]) {
        for (v, row) in dark.iter().enumerate() {
            for (u, dark) in row.iter().enumerate() {
                let luma = if *dark { 0 } else { 255 };
                self.square(x + u * module, y + v * module, module, luma);
            }
        }
    }

    fn png(&self) -> Vec<u8> {
        let mut file = Vec::new();
        let size = (self.width as u32, self.height as u32);
        let mut encoder = png::Encoder::new(Cursor::new(&mut file), size.0, size.1);
        encoder.set_color(png::ColorType::Grayscale);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&self.pixels).unwrap();
        drop(writer);
        file
    }
}

/// Numbers that look random, the same in every run.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

/// The modules of a symbol, so many in a row changed that none can correct it;
/// its corners, timing and version stay.
fn broken_symbol(version_text: usize) -> Vec<Vec<bool>> {
    let symbol = QrSymbol::encode(&"A".repeat(version_text), EcLevel::L).unwrap();
    let side = symbol.modules();
    let mut dark: Vec<Vec<bool>> = (0..side)
        .map(|y| (0..side).map(|x| symbol.is_dark(x, y).unwrap()).collect())
        .collect();
    assert!(side > 24, "too small to be broken");
    for row in &mut dark[9..side - 12] {
        for module in &mut row[9..side - 12] {
            *module = !*module;
        }
    }
    dark
}

fn noise(side: usize, cell: usize, dark_of_100: u64) -> Canvas {
    let mut canvas = Canvas::new(side, side);
    let mut noise = Noise(88_172_645_463_325_252);
    for y in (0..side).step_by(cell) {
        for x in (0..side).step_by(cell) {
            if noise.next() % 100 < dark_of_100 {
                canvas.square(x, y, cell, 0);
            }
        }
    }
    canvas
}
