//! Picture to texts.
//!
//! The detector and decoder are rxing's port of ZXing-C++. This file prepares
//! the picture for them and keeps the work within bounds: what a hostile picture
//! could make long or large is counted, over all attempts together.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use rxing::common::cpp_essentials::ConcentricPattern;
use rxing::common::{BitMatrix, DetectorRXingResult, GlobalHistogramBinarizer, HybridBinarizer};
use rxing::qrcode::cpp_port::{decoder, detector};
use rxing::qrcode::detector::QRCodeDetectorResult;
use rxing::{Binarizer, Luma8Source};

use super::EcLevel;
pub use symbol::QrMode;
use symbol::Surroundings;
use work::Work;

mod file;
mod finder;
mod symbol;
mod work;

/// The longest side looked at: the detector counts runs of pixels in 16 bits.
const MAX_SIDE: u32 = 32_767;

/// Pictures with more pixels than this are first halved, or more. A page of A4
/// at 300 dpi has 8.7 million.
const WORKING_PIXELS: usize = 16_000_000;

/// Finder patterns kept for forming symbols, the largest first.
const MAX_PATTERNS: usize = 1_000;

/// Triples of finder patterns that are sampled and decoded in one attempt.
const MAX_SETS: usize = 1_500;

/// How much a picture may cost to scan.
///
/// ```
/// use hcert::qr::ScanLimits;
///
/// let mut limits = ScanLimits::default();
/// limits.max_pixels = 4_000_000;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScanLimits {
    /// Bytes of the file. Default: 16 MiB.
    pub max_bytes: usize,
    /// Width times height, as the file declares them; looked at before any
    /// pixel is decoded. Default: 50 million.
    ///
    /// Whatever this is, no picture is decoded that would need more than 110
    /// million bytes for it, by its kind: a JPEG in colour may have 36 million
    /// pixels, a progressive one 12 to 18, a PNG in colour 36 (with
    /// transparency 27, with 16 bits half as many), a GIF or WebP 13, and a
    /// picture in grey 50 and more. With the search that stays below 128 MiB.
    pub max_pixels: u64,
    /// Codes to return; the search ends when it has as many. Default: 64.
    pub max_codes: usize,
}

impl Default for ScanLimits {
    fn default() -> Self {
        Self {
            max_bytes: 16 * 1024 * 1024,
            max_pixels: 50_000_000,
            max_codes: 64,
        }
    }
}

/// Why a picture could not be scanned. Carries nothing of a code's text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScanError {
    /// The file is larger than the limit.
    #[error("a picture of {length} bytes is larger than the limit of {max}")]
    TooManyBytes {
        /// Bytes of the file.
        length: usize,
        /// [`ScanLimits::max_bytes`].
        max: usize,
    },
    /// The picture declares more pixels than the limit, or than its kind may
    /// have, or a side of more than 32767.
    #[error(
        "a picture of {width} by {height} pixels is larger than the limit of {max} pixels for its kind"
    )]
    TooManyPixels {
        /// Declared width.
        width: u32,
        /// Declared height.
        height: u32,
        /// [`ScanLimits::max_pixels`], or what the kind of picture may have.
        max: u64,
    },
    /// The bytes do not begin like a PNG, JPEG, GIF or WebP file.
    #[error("not a PNG, JPEG, GIF or WebP picture")]
    UnknownFormat,
    /// The picture is damaged, cut off, or of a kind that the decoder lacks.
    #[error("the picture is damaged or of an unsupported kind")]
    BadImage,
    /// Nothing was found, and parts of the search were left out because too
    /// much of the picture looks like a corner of a QR code.
    #[error("too much of the picture looks like a corner of a QR code")]
    TooBusy,
    /// Nothing was found, and the QR decoder failed on this picture in a way
    /// that it should not.
    #[error("the QR decoder failed on this picture")]
    Decoder,
}

impl ScanError {
    /// A name for programs, the same in every release.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooManyBytes { .. } => "scan-too-many-bytes",
            Self::TooManyPixels { .. } => "scan-too-many-pixels",
            Self::UnknownFormat => "scan-unknown-format",
            Self::BadImage => "scan-bad-image",
            Self::TooBusy => "scan-too-busy",
            Self::Decoder => "scan-decoder-failed",
        }
    }
}

/// A QR code found in a picture.
///
/// `Debug` does not show the text, which is personal data.
#[derive(Clone, PartialEq)]
pub struct ScannedCode {
    text: String,
    bytes: Vec<u8>,
    position: [(f32, f32); 4],
    version: u8,
    level: Option<EcLevel>,
    modes: Vec<QrMode>,
    surroundings: Option<Surroundings>,
}

impl ScannedCode {
    /// The text, for the characters of a certificate the same as the bytes.
    ///
    /// Bytes of other symbols are read in the character set that the symbol
    /// names or, where it names none, in the likeliest.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The bytes that the symbol holds, before a character set is applied.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The corners in pixels of the stored picture, x to the right and y down:
    /// the symbol's own top left, top right, bottom right and bottom left.
    ///
    /// A rotation noted in a JPEG's Exif data is not applied.
    pub fn position(&self) -> [(f32, f32); 4] {
        self.position
    }

    /// The version, 1 to 40.
    pub fn version(&self) -> u8 {
        self.version
    }

    /// The error correction level, where the decoder tells it.
    pub fn level(&self) -> Option<EcLevel> {
        self.level
    }

    /// The modes of the symbol's segments in their order; empty where they
    /// can't be told.
    pub fn modes(&self) -> &[QrMode] {
        &self.modes
    }

    /// How many light modules surround the symbol on every side in the
    /// picture, 0 to 4; ISO/IEC 18004:2015 §6.3.8 asks for 4. What lies beyond
    /// the edge of the picture counts as dark. A module counts if its middle is
    /// light.
    ///
    /// Measured from the corners that the decoder finds: of a photograph it is
    /// an estimate, and `None` where a module has less than 1.5 pixels.
    pub fn quiet_zone(&self) -> Option<u8> {
        self.surroundings.map(|around| around.quiet_zone)
    }

    /// Whether the symbol is light on dark.
    pub fn is_reversed(&self) -> bool {
        self.surroundings.is_some_and(|around| around.is_reversed)
    }

    fn centre(&self) -> (f32, f32) {
        let (x, y) = self
            .position
            .iter()
            .fold((0.0, 0.0), |(x, y), corner| (x + corner.0, y + corner.1));
        (x / 4.0, y / 4.0)
    }

    /// The same text in the same place, seen by two attempts.
    fn is_again(&self, other: &Self) -> bool {
        let [a, _, c, _] = self.position;
        let diagonal = (a.0 - c.0).hypot(a.1 - c.1);
        let (here, there) = (self.centre(), other.centre());
        // Centres of two symbols side by side are a side apart, which is 0.7 of
        // the diagonal.
        self.bytes == other.bytes && (here.0 - there.0).hypot(here.1 - there.1) < diagonal / 4.0
    }
}

impl fmt::Debug for ScannedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScannedCode")
            .field("text", &"[redacted]")
            .field("position", &self.position)
            .field("version", &self.version)
            .field("level", &self.level)
            .finish_non_exhaustive()
    }
}

/// Finds and decodes the QR codes in a PNG, JPEG, GIF or WebP picture.
///
/// The format is told from the content. Of an animation the first frame is
/// looked at, of a transparent picture what it shows on white. Codes may be
/// rotated, mirrored, light on dark, or slightly skewed. They come from top to
/// bottom, and from left to right where they stand level; a picture without a
/// code gives an empty list. Parts of a structured append come one by one.
///
/// The search is a fixed list of attempts, the likeliest first: as the picture
/// is, with other thresholds, inverted, then smaller and larger. It ends as soon
/// as an attempt has found codes and no corners of others are left.
///
/// The QR decoder is foreign code; a panic in it is caught and becomes
/// [`ScanError::Decoder`], though the program's panic hook still sees it. In a
/// program built with `panic = "abort"` it cannot be caught.
///
/// ```
/// # #[cfg(feature = "png")] {
/// use hcert::qr::{EcLevel, QrSymbol, ScanLimits, scan};
///
/// let png = QrSymbol::encode("HC1:6BF+70790T9", EcLevel::Q).unwrap().to_png(4).unwrap();
/// let codes = scan(&png, &ScanLimits::default())?;
/// assert_eq!(codes[0].text(), "HC1:6BF+70790T9");
/// # }
/// # Ok::<(), hcert::qr::ScanError>(())
/// ```
///
/// # Errors
///
/// [`ScanError::TooManyBytes`] and [`ScanError::TooManyPixels`] before any work
/// is done; [`ScanError::UnknownFormat`] and [`ScanError::BadImage`] if it is no
/// readable picture; [`ScanError::TooBusy`] and [`ScanError::Decoder`] if
/// nothing was found and the search was not complete.
pub fn scan(bytes: &[u8], limits: &ScanLimits) -> Result<Vec<ScannedCode>, ScanError> {
    let mut search = Search::new(limits.max_codes);
    let Loaded { picture, factor } = load(bytes, limits)?;
    search.run(&picture);
    let mut codes = search.finish()?;
    for code in &mut codes {
        let side = 17 + 4 * u16::from(code.version);
        code.surroundings = symbol::surroundings(&picture, code.position, side);
        let whole = |(x, y): (f32, f32)| (x * factor as f32, y * factor as f32);
        code.position = code.position.map(whole);
    }
    Ok(codes)
}

/// A picture that is small enough to be searched.
struct Loaded {
    picture: Luma,
    /// How many pixels of the file, across and down, became one.
    factor: usize,
}

/// Luminance, row by row.
struct Luma {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

fn load(bytes: &[u8], limits: &ScanLimits) -> Result<Loaded, ScanError> {
    if bytes.len() > limits.max_bytes {
        return Err(ScanError::TooManyBytes {
            length: bytes.len(),
            max: limits.max_bytes,
        });
    }
    let format = match image::guess_format(bytes) {
        Ok(
            format @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::Gif | ImageFormat::WebP),
        ) => format,
        _ => return Err(ScanError::UnknownFormat),
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut budget = Limits::no_limits();
    budget.max_alloc = Some(file::max_alloc(format));
    reader.limits(budget);
    let decoder = reader.into_decoder().map_err(|_| ScanError::BadImage)?;
    let (width, height) = decoder.dimensions();
    let max = limits
        .max_pixels
        .min(file::max_pixels(format, decoder.color_type(), bytes));
    if width > MAX_SIDE || height > MAX_SIDE || u64::from(width) * u64::from(height) > max {
        return Err(ScanError::TooManyPixels { width, height, max });
    }
    let image = DynamicImage::from_decoder(decoder).map_err(|_| ScanError::BadImage)?;
    Ok(on_white(&image))
}

/// What the picture shows on white, at once in a size for the search: a whole
/// picture beside it would be too much.
fn on_white(image: &DynamicImage) -> Loaded {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let factor = (1..)
        .find(|factor| (width * height) / (factor * factor) <= WORKING_PIXELS)
        .unwrap_or(1);
    let color = image.color();
    let channels = usize::from(color.channel_count());
    let bytes = usize::from(color.bytes_per_pixel()) / channels.max(1);
    let bytes_of_row = width * channels * bytes;
    let mut reduction = Reduction::new(width, height, factor);
    let mut luma = Vec::with_capacity(width);
    for row in image.as_bytes().chunks_exact(bytes_of_row.max(1)) {
        luma.clear();
        luma.extend(row.chunks_exact(channels * bytes).map(|pixel| {
            let channel = |n: usize| {
                let value = pixel.get(n * bytes..(n + 1) * bytes).unwrap_or_default();
                match *value {
                    // 16 bits are in the machine's order.
                    [a, b] => (u32::from(u16::from_ne_bytes([a, b])) + 128) / 257,
                    [a] => u32::from(a),
                    _ => 255,
                }
            };
            let grey = match channels {
                1 | 2 => channel(0),
                // ITU-R BT.709.
                _ => (2126 * channel(0) + 7152 * channel(1) + 722 * channel(2)) / 10_000,
            };
            let alpha = match channels {
                2 | 4 => channel(channels - 1),
                _ => 255,
            };
            // At most 255.
            ((grey * alpha + 255 * (255 - alpha)) / 255) as u8
        }));
        reduction.push(&luma);
    }
    Loaded {
        picture: reduction.finish(),
        factor,
    }
}

/// Takes rows, and makes each block of `factor` by `factor` one pixel, its
/// mean; a rest at the right and bottom edges is cut off.
struct Reduction {
    luma: Luma,
    factor: usize,
    sums: Vec<usize>,
    rows: usize,
}

impl Reduction {
    fn new(width: usize, height: usize, factor: usize) -> Self {
        let (width, height) = (width / factor, height / factor);
        Self {
            luma: Luma {
                width,
                height,
                pixels: Vec::with_capacity(width * height),
            },
            factor,
            sums: vec![0; width],
            rows: 0,
        }
    }

    fn push(&mut self, row: &[u8]) {
        let factor = self.factor;
        if factor == 1 {
            return self.luma.pixels.extend_from_slice(row);
        }
        for (sum, block) in self.sums.iter_mut().zip(row.chunks_exact(factor)) {
            *sum += block.iter().map(|&luma| usize::from(luma)).sum::<usize>();
        }
        self.rows += 1;
        if self.rows == factor {
            // A mean of bytes is a byte.
            let means = self.sums.iter().map(|sum| (sum / (factor * factor)) as u8);
            self.luma.pixels.extend(means);
            self.sums.fill(0);
            self.rows = 0;
        }
    }

    fn finish(self) -> Luma {
        self.luma
    }
}

impl Luma {
    fn area(&self) -> usize {
        self.width * self.height
    }

    fn inverted(&self) -> Self {
        Self {
            pixels: self.pixels.iter().map(|luma| 255 - luma).collect(),
            ..*self
        }
    }

    fn reduced(&self, factor: usize) -> Self {
        let mut reduction = Reduction::new(self.width, self.height, factor);
        for row in self.pixels.chunks_exact(self.width.max(1)) {
            reduction.push(row);
        }
        reduction.finish()
    }

    /// Every pixel becomes `factor` by `factor`, within a white margin: symbols
    /// cut out without a quiet zone get one.
    fn enlarged(&self, factor: usize) -> Self {
        let margin = ENLARGED_MARGIN * factor;
        let width = self.width * factor + 2 * margin;
        let height = self.height * factor + 2 * margin;
        let mut pixels = Vec::with_capacity(width * height);
        pixels.resize(margin * width, 255);
        for row in self.pixels.chunks_exact(self.width.max(1)) {
            for _ in 0..factor {
                pixels.extend(core::iter::repeat_n(255, margin));
                for &luma in row {
                    pixels.extend(core::iter::repeat_n(luma, factor));
                }
                pixels.extend(core::iter::repeat_n(255, margin));
            }
        }
        pixels.resize(width * height, 255);
        Self {
            width,
            height,
            pixels,
        }
    }
}

/// White pixels around an enlarged picture, before it is enlarged.
const ENLARGED_MARGIN: usize = 8;

/// From the pixels of an attempt to those of the picture: `(p - shift) * scale`.
#[derive(Clone, Copy)]
struct Mapping {
    shift: f32,
    scale: f32,
}

impl Mapping {
    fn apply(self, point: rxing::Point) -> (f32, f32) {
        (
            (point.x - self.shift) * self.scale,
            (point.y - self.shift) * self.scale,
        )
    }
}

#[derive(Clone, Copy)]
enum Threshold {
    /// One for each neighbourhood: uneven light, photographs.
    Local,
    /// One for the whole picture: large even areas, drawings.
    Global,
}

struct Search {
    codes: Vec<ScannedCode>,
    max_codes: usize,
    work: Work,
    too_busy: bool,
    panicked: bool,
}

impl Search {
    fn new(max_codes: usize) -> Self {
        Self {
            codes: Vec::new(),
            max_codes,
            work: Work::default(),
            too_busy: false,
            panicked: false,
        }
    }

    fn run(&mut self, picture: &Luma) {
        if picture.area() == 0 || self.max_codes == 0 {
            return;
        }
        if self.reduced(picture, 1) {
            return;
        }
        // Averaging removes the noise of a camera, the grain of paper and the
        // dots of a screen.
        for factor in [2, 4] {
            if picture.width.min(picture.height) / factor >= 200 && self.reduced(picture, factor) {
                return;
            }
        }
        // The detector needs more than one pixel a module.
        for factor in [2, 4] {
            if picture.area() * factor * factor <= WORKING_PIXELS / 4 {
                let mapping = Mapping {
                    shift: (ENLARGED_MARGIN * factor) as f32,
                    scale: 1.0 / factor as f32,
                };
                if self.all_thresholds(&picture.enlarged(factor), mapping) {
                    return;
                }
            }
        }
    }

    fn reduced(&mut self, picture: &Luma, factor: usize) -> bool {
        let mapping = Mapping {
            shift: 0.0,
            scale: factor as f32,
        };
        if factor == 1 {
            self.all_thresholds(picture, mapping)
        } else {
            self.all_thresholds(&picture.reduced(factor), mapping)
        }
    }

    /// Whether the search is over.
    fn all_thresholds(&mut self, picture: &Luma, mapping: Mapping) -> bool {
        self.attempt(picture, Threshold::Local, mapping)
            || self.attempt(picture, Threshold::Global, mapping)
            || {
                let picture = picture.inverted();
                self.attempt(&picture, Threshold::Local, mapping)
                    || self.attempt(&picture, Threshold::Global, mapping)
            }
    }

    /// Whether the search is over.
    fn attempt(&mut self, picture: &Luma, threshold: Threshold, mapping: Mapping) -> bool {
        // rxing indexes and unwraps in many places that depend on the picture,
        // and says itself that its search for finder patterns can panic. What
        // the closure leaves half done is only its own `Found`, which is lost.
        let (max_codes, work) = (self.max_codes, &mut self.work);
        match catch_unwind(AssertUnwindSafe(|| {
            work.share(|work| read(picture, threshold, max_codes, work))
        })) {
            Ok(found) => {
                self.too_busy |= found.too_busy;
                for raw in found.codes {
                    self.add(raw, mapping);
                }
                self.codes.len() >= self.max_codes
                    || (!self.codes.is_empty() && !found.corners_left && !found.too_busy)
            }
            Err(_) => {
                self.panicked = true;
                false
            }
        }
    }

    fn add(&mut self, raw: RawCode, mapping: Mapping) {
        let code = ScannedCode {
            text: raw.text,
            bytes: raw.bytes,
            position: raw.corners.map(|corner| mapping.apply(corner)),
            version: raw.version,
            level: raw.level,
            modes: raw.modes,
            surroundings: None,
        };
        let known = self.codes.iter().any(|other| code.is_again(other));
        if !known && self.codes.len() < self.max_codes {
            self.codes.push(code);
        }
    }

    fn finish(mut self) -> Result<Vec<ScannedCode>, ScanError> {
        if self.codes.is_empty() {
            if self.panicked {
                return Err(ScanError::Decoder);
            }
            if self.too_busy {
                return Err(ScanError::TooBusy);
            }
        }
        in_reading_order(&mut self.codes);
        Ok(self.codes)
    }
}

/// Sorts by rows: two codes stand level if the centre of one is within half a
/// side of the row's first.
fn in_reading_order(codes: &mut [ScannedCode]) {
    let across = |a: &ScannedCode, b: &ScannedCode| a.centre().0.total_cmp(&b.centre().0);
    codes.sort_by(|a, b| a.centre().1.total_cmp(&b.centre().1).then(across(a, b)));
    let mut rest = codes;
    while let Some(first) = rest.first() {
        let [a, _, c, _] = first.position;
        let side = (a.0 - c.0).hypot(a.1 - c.1) * core::f32::consts::FRAC_1_SQRT_2;
        let end = first.centre().1 + side / 2.0;
        let level = rest
            .iter()
            .take_while(|code| code.centre().1 <= end)
            .count()
            .max(1);
        let Some((row, below)) = rest.split_at_mut_checked(level) else {
            return;
        };
        row.sort_by(across);
        rest = below;
    }
}

/// What one attempt found, in its own pixels.
#[derive(Default)]
struct Found {
    codes: Vec<RawCode>,
    /// Enough finder patterns for a further code belong to none.
    corners_left: bool,
    too_busy: bool,
}

struct RawCode {
    text: String,
    bytes: Vec<u8>,
    corners: [rxing::Point; 4],
    version: u8,
    level: Option<EcLevel>,
    modes: Vec<QrMode>,
}

/// One attempt.
fn read(picture: &Luma, threshold: Threshold, max_codes: usize, work: &mut Work) -> Found {
    let mut found = Found::default();
    // Sides are at most MAX_SIDE, four times that when enlarged from a small
    // picture.
    let (width, height) = (picture.width as u32, picture.height as u32);
    let Ok(source) = Luma8Source::new_with_slice(&picture.pixels, width, height) else {
        return found;
    };
    match threshold {
        Threshold::Local => {
            if let Ok(matrix) = HybridBinarizer::new(source).get_black_matrix() {
                read_matrix(matrix, max_codes, work, &mut found);
            }
        }
        Threshold::Global => {
            if let Ok(matrix) = GlobalHistogramBinarizer::new(source).get_black_matrix() {
                read_matrix(matrix, max_codes, work, &mut found);
            }
        }
    }
    found
}

fn read_matrix(matrix: &BitMatrix, max_codes: usize, work: &mut Work, found: &mut Found) {
    let (mut patterns, complete) = finder::patterns(matrix, work);
    found.too_busy |= !complete;
    if patterns.len() > MAX_PATTERNS {
        found.too_busy = true;
        patterns.sort_by_key(|pattern| core::cmp::Reverse(pattern.size));
        patterns.truncate(MAX_PATTERNS);
    }
    let sets = detector::GenerateFinderPatternSets(&mut patterns);
    let mut used: Vec<ConcentricPattern> = Vec::new();
    let mut tries = 0;
    for set in &sets {
        if [set.bl, set.tl, set.tr].iter().any(|p| used.contains(p)) {
            continue;
        }
        if found.codes.len() >= max_codes {
            return;
        }
        if tries == MAX_SETS || !work.charge(finder::cost_of_sampling(set)) {
            found.too_busy = true;
            break;
        }
        tries += 1;
        if let Ok(sampled) = detector::SampleQR(matrix, set)
            && let Some(mut code) = decode(&sampled)
        {
            // This sampler, unlike the one below, gives the bottom right last.
            code.corners.swap(2, 3);
            used.extend([set.bl, set.tl, set.tr]);
            found.codes.push(code);
        }
    }
    found.corners_left = patterns.len() >= used.len() + 3;
    // A symbol alone on white can be read without its finder patterns.
    if found.codes.is_empty()
        && let Ok(sampled) = detector::DetectPureQR(matrix)
        && let Some(code) = decode(&sampled)
    {
        found.codes.push(code);
        found.corners_left = false;
    }
}

fn decode(sampled: &QRCodeDetectorResult) -> Option<RawCode> {
    let matrix = sampled.getBits();
    let result = decoder::Decode(matrix).ok().filter(|r| r.isValid())?;
    let corners = <[rxing::Point; 4]>::try_from(sampled.getPoints()).ok()?;
    // A symbol of version v has 17 + 4v modules on a side.
    let version = u8::try_from(matrix.width().checked_sub(17)? / 4).ok()?;
    Some(RawCode {
        text: result.text(),
        bytes: result.content().bytes().to_vec(),
        corners,
        version,
        modes: symbol::modes(matrix, result.isMirrored()),
        level: match result.ecLevel() {
            "L" => Some(EcLevel::L),
            "M" => Some(EcLevel::M),
            "Q" => Some(EcLevel::Q),
            "H" => Some(EcLevel::H),
            _ => None,
        },
    })
}
