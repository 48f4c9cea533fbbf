//! Text to symbol, symbol to picture.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use qrcode::bits::Bits;
use qrcode::types::{Color, QrError as EncoderError, Version};

/// Light modules that surround the symbol on each side (ISO/IEC 18004, 6.3.8).
const QUIET_ZONE: usize = 4;

/// The 45 characters of alphanumeric mode (ISO/IEC 18004, table 5).
const ALPHANUMERIC: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// The largest diagonal that hcert-spec 4.2.2 recommends.
const LARGEST_DIAGONAL_MM: f32 = 60.0;

/// The smallest module that is still printed and read without care.
///
/// Denso Wave, who made the symbology, advise at least four printer dots a
/// module (<https://www.qrcode.com/en/howto/cell.html>); at 300 dpi, the common
/// resolution of office and label printers, that is 0.339 mm. Measured without
/// the quiet zone, a 60 mm diagonal (a side of 42.4 mm) gives version 27 0.339
/// mm a module and version 28 0.329 mm, so the line falls between the two.
/// Others draw it earlier: SMART Health Cards stop at version 22 (0.404 mm).
const SMALLEST_MODULE_MM: f32 = 4.0 * 25.4 / 300.0;

/// The largest PNG scale; a version 40 symbol is then 5920 pixels wide.
#[cfg(feature = "png")]
const LARGEST_SCALE: u32 = 32;

/// How much of a symbol may be lost before its text is.
///
/// hcert-spec 4.2.2 recommends [`Q`](Self::Q), the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EcLevel {
    /// About 7 % of the codewords can be restored.
    L,
    /// About 15 %.
    M,
    /// About 25 %.
    #[default]
    Q,
    /// About 30 %.
    H,
}

impl EcLevel {
    fn foreign(self) -> qrcode::EcLevel {
        match self {
            Self::L => qrcode::EcLevel::L,
            Self::M => qrcode::EcLevel::M,
            Self::Q => qrcode::EcLevel::Q,
            Self::H => qrcode::EcLevel::H,
        }
    }

    /// Alphanumeric characters that version 40 holds (ISO/IEC 18004, table 7).
    fn capacity(self) -> usize {
        match self {
            Self::L => 4296,
            Self::M => 3391,
            Self::Q => 2420,
            Self::H => 1852,
        }
    }
}

impl fmt::Display for EcLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::L => "L",
            Self::M => "M",
            Self::Q => "Q",
            Self::H => "H",
        })
    }
}

/// Why a symbol could not be made or drawn. Carries nothing of the text.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum QrError {
    /// The text has a character outside the alphanumeric set, so it cannot be
    /// written in the mode that hcert-spec 4.2.2 demands.
    #[error("character {position} of the text is outside the QR alphanumeric set")]
    NotAlphanumeric {
        /// Which character, counted from 0.
        position: usize,
    },
    /// The text fits no symbol of this level.
    #[error("{length} characters are more than the {max} that level {level} can hold")]
    TooLong {
        /// Characters in the text.
        length: usize,
        /// Characters that version 40 holds at this level.
        max: usize,
        /// The level asked for.
        level: EcLevel,
    },
    /// The PNG scale is zero or too large.
    #[error("a scale of {scale} pixels a module is outside 1 to {max}")]
    Scale {
        /// The scale asked for.
        scale: u32,
        /// The largest scale.
        max: u32,
    },
    /// The printed size is not a length between 1 mm and 1000 mm.
    #[error("the diagonal is not a length between 1 mm and 1000 mm")]
    Diagonal,
    /// The encoder underneath refused; a defect of this crate.
    #[error("the symbol could not be built")]
    Encoder,
}

impl QrError {
    /// A name for programs, the same in every release.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAlphanumeric { .. } => "qr-not-alphanumeric",
            Self::TooLong { .. } => "qr-text-too-long",
            Self::Scale { .. } => "qr-scale-out-of-range",
            Self::Diagonal => "qr-diagonal-out-of-range",
            Self::Encoder => "qr-encoder-failed",
        }
    }
}

/// A reason to expect trouble when the symbol is printed and read by a phone.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum SizeWarning {
    /// Even at the largest recommended size the modules are smaller than four
    /// dots of a 300 dpi printer. Versions 28 and up.
    ModulesTooSmall {
        /// The symbol's version.
        version: u8,
        /// The side of a module, in mm, at a diagonal of 60 mm.
        module_mm: f32,
        /// The diagonal, in mm, at which the modules are large enough.
        diagonal_mm: f32,
    },
}

impl SizeWarning {
    /// A name for programs, the same in every release.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ModulesTooSmall { .. } => "qr-modules-too-small",
        }
    }
}

impl fmt::Display for SizeWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ModulesTooSmall {
                version,
                module_mm,
                diagonal_mm,
            } => write!(
                f,
                "QR version {version} has modules of {module_mm:.2} mm at a 60 mm diagonal; \
                 print it with a diagonal of {diagonal_mm:.0} mm or shorten the text"
            ),
        }
    }
}

/// How an SVG is sized.
///
/// The default gives no size: the picture fills what it is placed in.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SvgOptions {
    diagonal_mm: Option<f32>,
}

impl SvgOptions {
    /// Prints the symbol with this diagonal, quiet zone not counted.
    ///
    /// hcert-spec 4.2.2 recommends 35 mm to 60 mm.
    ///
    /// # Errors
    ///
    /// [`QrError::Diagonal`] if it is not a length between 1 mm and 1000 mm.
    pub fn with_diagonal_mm(diagonal_mm: f32) -> Result<Self, QrError> {
        // NaN is in no range.
        if (1.0..=1000.0).contains(&diagonal_mm) {
            Ok(Self {
                diagonal_mm: Some(diagonal_mm),
            })
        } else {
            Err(QrError::Diagonal)
        }
    }
}

/// A QR symbol: the smallest that holds the text at the level asked for.
///
/// The same text and level give the same symbol, and the same symbol the same
/// picture. `Debug` shows the version and level only: the modules are the text.
///
/// ```
/// use hcert::qr::{EcLevel, QrSymbol, SvgOptions};
///
/// let symbol = QrSymbol::encode("HC1:6BF+70790T9", EcLevel::Q)?;
/// assert_eq!(symbol.version(), 1);
/// assert!(symbol.warning().is_none());
///
/// let svg = symbol.to_svg(&SvgOptions::with_diagonal_mm(50.0)?);
/// assert!(svg.starts_with("<svg "));
/// # Ok::<(), hcert::qr::QrError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct QrSymbol {
    version: u8,
    level: EcLevel,
    side: usize,
    dark: Vec<bool>,
}

impl fmt::Debug for QrSymbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QrSymbol")
            .field("version", &self.version)
            .field("level", &self.level)
            .finish_non_exhaustive()
    }
}

impl QrSymbol {
    /// Encodes a text in alphanumeric mode (hcert-spec 4.2.2), as one segment.
    ///
    /// # Errors
    ///
    /// [`QrError::NotAlphanumeric`] for a character outside `0-9`, `A-Z`, space
    /// and `$%*+-./:`; [`QrError::TooLong`] if no version holds the text.
    pub fn encode(text: &str, level: EcLevel) -> Result<Self, QrError> {
        let outside = |c: char| !u8::try_from(c).is_ok_and(|byte| ALPHANUMERIC.contains(&byte));
        if let Some(position) = text.chars().position(outside) {
            return Err(QrError::NotAlphanumeric { position });
        }
        let too_long = QrError::TooLong {
            length: text.len(),
            max: level.capacity(),
            level,
        };
        // The encoder's own choice of version may split the text into segments
        // of other modes, so versions are tried here, with the one segment.
        if text.len() > level.capacity() {
            return Err(too_long);
        }
        for version in 1..=40_u8 {
            let mut bits = Bits::new(Version::Normal(version.into()));
            match bits
                .push_alphanumeric_data(text.as_bytes())
                .and_then(|()| bits.push_terminator(level.foreign()))
            {
                Ok(()) => {}
                Err(EncoderError::DataTooLong) => continue,
                Err(_) => return Err(QrError::Encoder),
            }
            let code =
                qrcode::QrCode::with_bits(bits, level.foreign()).map_err(|_| QrError::Encoder)?;
            let side = code.width();
            let dark = code
                .into_colors()
                .into_iter()
                .map(|color| color == Color::Dark)
                .collect();
            return Ok(Self {
                version,
                level,
                side,
                dark,
            });
        }
        Err(too_long)
    }

    /// The version, 1 to 40.
    pub fn version(&self) -> u8 {
        self.version
    }

    /// The error correction level.
    pub fn level(&self) -> EcLevel {
        self.level
    }

    /// Modules on a side, without the quiet zone: 21 for version 1, 177 for 40.
    pub fn modules(&self) -> usize {
        self.side
    }

    /// Whether the module in column `x` and row `y`, from the top left, is dark.
    ///
    /// `None` outside the symbol; all that surrounds it is light.
    pub fn is_dark(&self, x: usize, y: usize) -> Option<bool> {
        if x >= self.side {
            return None;
        }
        let at = y.checked_mul(self.side)?.checked_add(x)?;
        self.dark.get(at).copied()
    }

    /// The side of a module, in mm, when the symbol has this diagonal.
    pub fn module_mm(&self, diagonal_mm: f32) -> f32 {
        diagonal_mm / core::f32::consts::SQRT_2 / self.side as f32
    }

    /// Whether the symbol is too dense for the sizes that hcert-spec 4.2.2
    /// recommends.
    pub fn warning(&self) -> Option<SizeWarning> {
        let module_mm = self.module_mm(LARGEST_DIAGONAL_MM);
        (module_mm < SMALLEST_MODULE_MM).then(|| SizeWarning::ModulesTooSmall {
            version: self.version,
            module_mm,
            diagonal_mm: (SMALLEST_MODULE_MM * self.side as f32 * core::f32::consts::SQRT_2).ceil(),
        })
    }

    /// Draws the symbol as SVG, black on white, quiet zone included.
    ///
    /// One unit of the `viewBox` is one module, and all dark modules are one
    /// path, so that no seams show between them.
    pub fn to_svg(&self, options: &SvgOptions) -> String {
        let side = self.side + 2 * QUIET_ZONE;
        let size = options.diagonal_mm.map_or(String::new(), |diagonal| {
            let mm = self.module_mm(diagonal) * side as f32;
            format!(r#" width="{mm:.3}mm" height="{mm:.3}mm""#)
        });
        let mut path = String::new();
        for y in 0..self.side {
            let mut x = 0;
            while x < self.side {
                let run = (x..self.side)
                    .take_while(|&x| self.is_dark(x, y) == Some(true))
                    .count();
                if run > 0 {
                    let (left, top) = (x + QUIET_ZONE, y + QUIET_ZONE);
                    path.push_str(&format!("M{left} {top}h{run}v1h-{run}z"));
                }
                x += run.max(1);
            }
        }
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"{size} shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{path}"/></svg>"##
        )
    }

    /// Draws the symbol as a black and white PNG, quiet zone included, with
    /// `scale` pixels on a module's side.
    ///
    /// ```
    /// use hcert::qr::{EcLevel, QrSymbol};
    ///
    /// let png = QrSymbol::encode("HC1:6BF+70790T9", EcLevel::Q)?.to_png(4)?;
    /// assert!(png.starts_with(b"\x89PNG"));
    /// # Ok::<(), hcert::qr::QrError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`QrError::Scale`] if the scale is 0 or more than 32.
    #[cfg(feature = "png")]
    pub fn to_png(&self, scale: u32) -> Result<Vec<u8>, QrError> {
        if !(1..=LARGEST_SCALE).contains(&scale) {
            return Err(QrError::Scale {
                scale,
                max: LARGEST_SCALE,
            });
        }
        let scale = scale as usize;
        let side = self.side + 2 * QUIET_ZONE;
        let pixels = side * scale;
        let mut data = Vec::with_capacity(pixels.div_ceil(8) * pixels);
        for y in 0..side {
            let mut row = alloc::vec![0_u8; pixels.div_ceil(8)];
            for x in 0..pixels {
                // A set bit is white; the bits past the last pixel stay 0.
                if !self.is_dark_around(x / scale, y)
                    && let Some(byte) = row.get_mut(x / 8)
                {
                    *byte |= 0x80 >> (x % 8);
                }
            }
            for _ in 0..scale {
                data.extend_from_slice(&row);
            }
        }

        let mut out = Vec::new();
        let pixels = u32::try_from(pixels).map_err(|_| QrError::Encoder)?;
        let mut encoder = png::Encoder::new(&mut out, pixels, pixels);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::One);
        encoder.set_compression(png::Compression::High);
        // Each row of modules is `scale` equal rows of pixels, which become
        // zeros as differences to the row above.
        encoder.set_filter(png::Filter::Up);
        let mut writer = encoder.write_header().map_err(|_| QrError::Encoder)?;
        writer
            .write_image_data(&data)
            .map_err(|_| QrError::Encoder)?;
        writer.finish().map_err(|_| QrError::Encoder)?;
        Ok(out)
    }

    /// Draws the symbol as lines of text for a terminal with light text on a
    /// dark ground, quiet zone included: a light module is ink, a dark one is
    /// the ground.
    pub fn to_terminal(&self) -> String {
        self.half_blocks(false)
    }

    /// As [`to_terminal`](Self::to_terminal), for dark text on a light ground.
    pub fn to_terminal_inverted(&self) -> String {
        self.half_blocks(true)
    }

    /// Two rows of modules make one line of characters.
    fn half_blocks(&self, ink_is_dark: bool) -> String {
        let side = self.side + 2 * QUIET_ZONE;
        let ink = |x, y| y < side && self.is_dark_around(x, y) == ink_is_dark;
        let mut text = String::new();
        for y in (0..side).step_by(2) {
            for x in 0..side {
                text.push(match (ink(x, y), ink(x, y + 1)) {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (false, false) => ' ',
                });
            }
            text.push('\n');
        }
        text
    }

    /// As `is_dark`, with the quiet zone counted in.
    fn is_dark_around(&self, x: usize, y: usize) -> bool {
        match (x.checked_sub(QUIET_ZONE), y.checked_sub(QUIET_ZONE)) {
            (Some(x), Some(y)) => self.is_dark(x, y).unwrap_or(false),
            _ => false,
        }
    }
}
