//! Symbols that this crate draws are the symbols that it reads, and no picture,
//! however odd, brings it down.

use hcert::qr::{EcLevel, QrError, QrSymbol, SizeWarning, SvgOptions};

/// Alphanumeric characters in an order without short periods.
fn text(length: usize) -> String {
    const SET: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    let mut state = 12345_u32;
    let body = (0..length).map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(SET[(state >> 16) as usize % SET.len()])
    });
    body.collect()
}

fn symbol(length: usize, level: EcLevel) -> QrSymbol {
    QrSymbol::encode(&text(length), level).unwrap()
}

#[test]
fn capacity_is_that_of_the_standard() {
    for (level, smallest, largest) in [
        (EcLevel::L, 25, 4296),
        (EcLevel::M, 20, 3391),
        (EcLevel::Q, 16, 2420),
        (EcLevel::H, 10, 1852),
    ] {
        let first = symbol(smallest, level);
        assert_eq!((first.version(), first.modules()), (1, 21));
        assert_eq!(symbol(smallest + 1, level).version(), 2);
        let last = symbol(largest, level);
        assert_eq!((last.version(), last.modules()), (40, 177));
        assert_eq!(last.level(), level);
        let error = QrSymbol::encode(&text(largest + 1), level).unwrap_err();
        assert_eq!(
            error,
            QrError::TooLong {
                length: largest + 1,
                max: largest,
                level
            }
        );
        assert_eq!(error.code(), "qr-text-too-long");
    }
}

#[test]
fn digits_are_not_moved_to_another_mode() {
    // 41 digits fit version 1-L in numeric mode; in alphanumeric mode 25 do.
    let digits = "1".repeat(41);
    assert_eq!(QrSymbol::encode(&digits, EcLevel::L).unwrap().version(), 2);
}

#[test]
fn a_character_outside_the_set_is_named_by_position_alone() {
    for (text, position) in [
        ("HC1:abc", 4),
        ("HC1:A_", 5),
        ("ÄB", 0),
        ("AÄ", 1),
        ("A\n", 1),
    ] {
        let error = QrSymbol::encode(text, EcLevel::Q).unwrap_err();
        assert_eq!(error, QrError::NotAlphanumeric { position });
        assert_eq!(error.code(), "qr-not-alphanumeric");
        assert!(!error.to_string().contains(text));
    }
}

#[test]
fn a_warning_from_version_28() {
    let fits = (1..2420)
        .map(|length| symbol(length, EcLevel::Q))
        .find(|symbol| symbol.version() == 27)
        .unwrap();
    assert_eq!(fits.warning(), None);
    assert!((fits.module_mm(60.0) - 0.339).abs() < 0.001);

    let dense = (1..2420)
        .map(|length| symbol(length, EcLevel::Q))
        .find(|symbol| symbol.version() == 28)
        .unwrap();
    let warning = dense.warning().unwrap();
    assert_eq!(warning.code(), "qr-modules-too-small");
    let SizeWarning::ModulesTooSmall {
        version,
        module_mm,
        diagonal_mm,
        ..
    } = warning
    else {
        panic!("{warning}")
    };
    assert_eq!(version, 28);
    assert!((module_mm - 0.329).abs() < 0.001);
    assert_eq!(diagonal_mm, 62.0);
}

#[test]
fn svg_is_sized_and_has_the_quiet_zone() {
    let symbol = symbol(10, EcLevel::Q);
    let svg = symbol.to_svg(&SvgOptions::default());
    assert!(svg.contains(r#"viewBox="0 0 29 29""#));
    assert!(!svg.contains("mm"));
    assert_eq!(svg.matches("<path").count(), 2);
    // The top left finder pattern.
    assert!(svg.contains(r##"fill="#000" d="M4 4h7v1h-7z"##));
    assert_eq!(svg, symbol.to_svg(&SvgOptions::default()));

    let options = SvgOptions::with_diagonal_mm(50.0).unwrap();
    // 50 mm / sqrt 2 for 21 modules; the picture has 29.
    assert!(symbol.to_svg(&options).contains(r#"width="48.824mm""#));
    for wrong in [f32::NAN, f32::INFINITY, 0.0, -35.0, 1001.0] {
        let error = SvgOptions::with_diagonal_mm(wrong).unwrap_err();
        assert_eq!(error.code(), "qr-diagonal-out-of-range");
    }
}

/// The dark modules that an SVG's path covers.
#[test]
fn svg_draws_each_dark_module() {
    for length in [10, 300, 1000] {
        let symbol = symbol(length, EcLevel::M);
        let svg = symbol.to_svg(&SvgOptions::default());
        let path = svg.rsplit("d=\"").next().unwrap();
        let path = path.split('"').next().unwrap();
        let mut drawn = vec![vec![false; symbol.modules()]; symbol.modules()];
        for run in path.split_terminator('z') {
            let numbers: Vec<usize> = run
                .split(|c: char| !c.is_ascii_digit())
                .filter_map(|n| n.parse().ok())
                .collect();
            let [x, y, run, 1, back] = numbers[..] else {
                panic!("{run}")
            };
            assert_eq!(run, back);
            drawn[y - 4][x - 4..x - 4 + run].fill(true);
        }
        for (y, row) in drawn.iter().enumerate() {
            for (x, dark) in row.iter().enumerate() {
                assert_eq!(symbol.is_dark(x, y), Some(*dark));
            }
        }
    }
}

#[test]
fn modules_end_at_the_side() {
    let symbol = symbol(10, EcLevel::Q);
    assert_eq!(symbol.is_dark(0, 0), Some(true));
    assert_eq!(symbol.is_dark(7, 0), Some(false));
    for (x, y) in [(21, 0), (0, 21), (usize::MAX, 0), (0, usize::MAX)] {
        assert_eq!(symbol.is_dark(x, y), None);
    }
}

#[test]
fn terminal_text_is_light_on_dark() {
    let symbol = symbol(10, EcLevel::Q);
    let text = symbol.to_terminal();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 15);
    assert!(lines.iter().all(|line| line.chars().count() == 29));
    // The quiet zone is ink, the finder pattern's top edge is ground.
    assert_eq!(lines[0], "█".repeat(29));
    assert!(lines[2].starts_with("████ ▄▄▄▄▄ █"));
    assert_eq!(lines[14], "▀".repeat(29));

    let text = symbol.to_terminal_inverted();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], " ".repeat(29));
    assert!(lines[2].starts_with("    █▀▀▀▀▀█ "));
}

#[test]
fn debug_does_not_show_the_modules() {
    let debug = format!("{:?}", symbol(10, EcLevel::H));
    assert_eq!(debug, "QrSymbol { version: 1, level: H, .. }");
}

#[cfg(feature = "png")]
#[test]
fn png_is_small_and_its_scale_bounded() {
    let symbol = symbol(400, EcLevel::Q);
    let png = symbol.to_png(8).unwrap();
    assert_eq!(png, symbol.to_png(8).unwrap());
    assert!(png.len() < 4000, "{}", png.len());
    for scale in [0, 33, u32::MAX] {
        let error = symbol.to_png(scale).unwrap_err();
        assert_eq!(error.code(), "qr-scale-out-of-range");
    }
}

#[cfg(all(feature = "png", feature = "scan"))]
mod scanning {
    use std::io::Cursor;

    use hcert::qr::{EcLevel, QrSymbol, ScanError, ScanLimits, ScannedCode, scan};
    use image::{DynamicImage, GrayImage, ImageFormat, Luma, LumaA, Rgb, RgbImage, imageops};
    use proptest::prelude::*;

    use super::{symbol, text};

    const LEVELS: [EcLevel; 4] = [EcLevel::L, EcLevel::M, EcLevel::Q, EcLevel::H];

    fn read(bytes: &[u8]) -> Vec<ScannedCode> {
        scan(bytes, &ScanLimits::default()).unwrap()
    }

    fn read_image(image: impl Into<DynamicImage>) -> Vec<ScannedCode> {
        read(&written(image, ImageFormat::Png))
    }

    fn texts(codes: &[ScannedCode]) -> Vec<&str> {
        codes.iter().map(ScannedCode::text).collect()
    }

    fn written(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Vec::new();
        let image: DynamicImage = image.into();
        image
            .write_to(&mut Cursor::new(&mut bytes), format)
            .unwrap();
        bytes
    }

    fn picture(symbol: &QrSymbol, scale: u32) -> GrayImage {
        image::load_from_memory(&symbol.to_png(scale).unwrap())
            .unwrap()
            .into_luma8()
    }

    #[test]
    fn round_trip_at_each_level_and_many_sizes() {
        for level in LEVELS {
            for length in [1, 10, 30, 100, 250, 400, 600, 1000, 1852] {
                let symbol = symbol(length, level);
                for scale in [1, 2, 3, 5, 8] {
                    let codes = read(&symbol.to_png(scale).unwrap());
                    assert_eq!(codes.len(), 1, "{length} {level} {scale}");
                    assert_eq!(codes[0].text(), text(length));
                    assert_eq!(codes[0].bytes(), text(length).as_bytes());
                    assert_eq!(codes[0].version(), symbol.version());
                    assert_eq!(codes[0].level(), Some(level));
                }
            }
        }
    }

    #[test]
    fn each_version_is_read() {
        let mut last = 0;
        for length in (1..=2420).step_by(5) {
            let symbol = symbol(length, EcLevel::Q);
            if symbol.version() == last {
                continue;
            }
            last = symbol.version();
            let codes = read(&symbol.to_png(4).unwrap());
            assert_eq!(texts(&codes), [text(length)]);
            assert_eq!(codes[0].version(), last);
        }
        assert_eq!(last, 40);
    }

    #[test]
    fn corners_are_where_the_symbol_is() {
        // Also at one pixel a module, where an enlarged picture is read.
        for (scale, length) in [(1, 200), (1, 900), (2, 10), (4, 200), (4, 1500)] {
            let symbol = symbol(length, EcLevel::Q);
            let codes = read(&symbol.to_png(scale).unwrap());
            let near = (4 * scale) as f32;
            let far = near + (symbol.modules() as u32 * scale) as f32;
            let expected = [(near, near), (far, near), (far, far), (near, far)];
            for (corner, expected) in codes[0].position().iter().zip(expected) {
                let distance = (corner.0 - expected.0).hypot(corner.1 - expected.1);
                assert!(distance < 1.5 * scale as f32, "{corner:?} {expected:?}");
            }
        }
    }

    #[test]
    fn several_codes_come_in_reading_order() {
        let texts_in = ["FIRST", "SECOND", "THIRD", "FOURTH"];
        // Each column a little lower or higher, as on a photograph.
        let places = [(20, 30), (400, 20), (15, 400), (390, 410)];
        let mut page = GrayImage::from_pixel(800, 800, Luma([255]));
        for (text, (x, y)) in texts_in.iter().zip(places) {
            let symbol = QrSymbol::encode(text, EcLevel::Q).unwrap();
            imageops::replace(&mut page, &picture(&symbol, 10), x, y);
        }
        assert_eq!(texts(&read_image(page.clone())), texts_in);

        let mut limits = ScanLimits::default();
        limits.max_codes = 2;
        let png = written(page, ImageFormat::Png);
        assert_eq!(scan(&png, &limits).unwrap().len(), 2);
    }

    #[test]
    fn two_certificates_side_by_side() {
        let (left, right) = (symbol(350, EcLevel::Q), symbol(520, EcLevel::Q));
        let (left, right) = (picture(&left, 4), picture(&right, 4));
        let height = left.height().max(right.height());
        let mut page = GrayImage::from_pixel(left.width() + right.width(), height, Luma([255]));
        imageops::replace(&mut page, &left, 0, 0);
        imageops::replace(&mut page, &right, i64::from(left.width()), 0);
        assert_eq!(texts(&read_image(page)), [text(350), text(520)]);
    }

    #[test]
    fn the_same_text_twice_is_two_codes() {
        let one = picture(&symbol(100, EcLevel::Q), 4);
        let mut page = GrayImage::from_pixel(one.width() * 2, one.height(), Luma([255]));
        imageops::replace(&mut page, &one, 0, 0);
        imageops::replace(&mut page, &one, i64::from(one.width()), 0);
        let codes = read_image(page);
        assert_eq!(texts(&codes), [text(100), text(100)]);
    }

    #[test]
    fn light_on_dark() {
        for length in [10, 400, 1000] {
            let mut image = picture(&symbol(length, EcLevel::Q), 4);
            imageops::invert(&mut image);
            assert_eq!(texts(&read_image(image)), [text(length)]);
        }
    }

    #[test]
    fn turned_and_mirrored() {
        let image = picture(&symbol(400, EcLevel::Q), 4);
        for turned in [
            imageops::rotate90(&image),
            imageops::rotate180(&image),
            imageops::rotate270(&image),
            imageops::flip_horizontal(&image),
        ] {
            assert_eq!(texts(&read_image(turned)), [text(400)]);
        }
        // The symbol's own top left is now at the right.
        let codes = read_image(imageops::rotate90(&image));
        assert!(codes[0].position()[0].0 > codes[0].position()[3].0);
    }

    #[test]
    fn transparent_light_modules() {
        let image = picture(&symbol(400, EcLevel::Q), 4);
        // Transparent black: without its alpha the picture is black all over.
        let transparent = image::GrayAlphaImage::from_fn(image.width(), image.height(), |x, y| {
            LumaA([0, 255 - image.get_pixel(x, y).0[0]])
        });
        assert_eq!(texts(&read_image(transparent)), [text(400)]);
    }

    #[test]
    fn formats_are_told_by_content() {
        let image = picture(&symbol(400, EcLevel::Q), 4);
        for format in [
            ImageFormat::Png,
            ImageFormat::Jpeg,
            ImageFormat::Gif,
            ImageFormat::WebP,
        ] {
            let rgb = DynamicImage::from(image.clone()).into_rgb8();
            let codes = read(&written(rgb, format));
            assert_eq!(texts(&codes), [text(400)], "{format:?}");
        }
    }

    #[test]
    fn a_grey_noisy_skewed_photograph() {
        let symbol = picture(&symbol(400, EcLevel::Q), 4);
        let (side, mut state) = (f64::from(symbol.width()), 1_u32);
        let photo = RgbImage::from_fn(640, 640, |x, y| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (state >> 24) as i32 % 30 - 15;
            // Turned by 12 degrees, narrower at the top, darker at the left.
            let (dx, dy) = (f64::from(x) - 320.0, f64::from(y) - 320.0);
            let (sin, cos) = 12_f64.to_radians().sin_cos();
            let (u, v) = (dx * cos + dy * sin, dy * cos - dx * sin);
            let widen = 1.1 - v / 4000.0;
            let (u, v) = (u * widen * 0.75 + side / 2.0, v * 0.8 + side / 2.0);
            let inside = (0.0..side).contains(&u) && (0.0..side).contains(&v);
            let dark = inside && symbol.get_pixel(u as u32, v as u32).0[0] == 0;
            let light = (if dark { 50 } else { 150 }) + x as i32 / 10 + noise;
            Rgb([light.clamp(0, 255) as u8; 3])
        });
        let codes = read(&written(photo, ImageFormat::Jpeg));
        assert_eq!(texts(&codes), [text(400)]);
    }

    #[test]
    fn without_a_quiet_zone() {
        let mut image = picture(&symbol(400, EcLevel::Q), 4);
        let side = image.width() - 32;
        let cut = imageops::crop(&mut image, 16, 16, side, side).to_image();
        assert_eq!(texts(&read_image(cut)), [text(400)]);
    }

    #[test]
    fn a_symbol_small_on_a_large_page() {
        let mut page = GrayImage::from_pixel(2480, 3508, Luma([255]));
        imageops::replace(&mut page, &picture(&symbol(400, EcLevel::Q), 4), 1700, 300);
        assert_eq!(texts(&read_image(page)), [text(400)]);
    }

    #[test]
    fn a_photograph_of_48_megapixels() {
        let symbol = picture(&symbol(400, EcLevel::Q), 20);
        let mut page = GrayImage::from_pixel(8000, 6000, Luma([230]));
        imageops::replace(&mut page, &symbol, 3000, 2000);
        let codes = read(&written(page, ImageFormat::Jpeg));
        assert_eq!(texts(&codes), [text(400)]);
        let corner = codes[0].position()[0];
        assert!((corner.0 - 3080.0).abs() < 40.0, "{corner:?}");
    }

    #[test]
    fn no_code_is_an_empty_list() {
        for (width, height) in [(1, 1), (1, 3000), (3000, 1), (39, 41), (300, 200)] {
            for luma in [0, 127, 255] {
                let blank = GrayImage::from_pixel(width, height, Luma([luma]));
                assert_eq!(read_image(blank), []);
            }
        }
    }

    #[test]
    fn no_picture_is_an_error() {
        for bytes in [
            &b""[..],
            b"HC1:6BF",
            b"%PDF-1.7",
            b"BM",
            b"<svg/>",
            &[0; 100],
        ] {
            let error = scan(bytes, &ScanLimits::default()).unwrap_err();
            assert_eq!(error, ScanError::UnknownFormat);
            assert_eq!(error.code(), "scan-unknown-format");
        }
    }

    #[test]
    fn a_cut_or_damaged_picture_is_no_panic() {
        let rgb = DynamicImage::from(picture(&symbol(60, EcLevel::Q), 3)).into_rgb8();
        for format in [
            ImageFormat::Png,
            ImageFormat::Jpeg,
            ImageFormat::Gif,
            ImageFormat::WebP,
        ] {
            let bytes = written(rgb.clone(), format);
            for length in (0..bytes.len()).step_by(bytes.len() / 60 + 1) {
                // A JPEG decoder may show what it has; the others refuse.
                let result = scan(&bytes[..length], &ScanLimits::default());
                assert!(format == ImageFormat::Jpeg || result.is_err(), "{format:?}");
            }
            for at in (0..bytes.len()).step_by(bytes.len() / 60 + 1) {
                let mut damaged = bytes.clone();
                damaged[at] ^= 0x55;
                let _ = scan(&damaged, &ScanLimits::default());
            }
        }
    }

    fn png_header(width: u32, height: u32, color: png::ColorType) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(color);
        let mut writer = encoder.write_header().unwrap();
        writer.write_chunk(png::chunk::IDAT, b"\x78\x9c").unwrap();
        drop(writer);
        bytes
    }

    #[test]
    fn declared_sizes_are_refused_before_decoding() {
        for (width, height) in [(60_000, 60_000), (1, 40_000), (40_000, 1), (10_000, 5_001)] {
            // There are no pixels in the file, so to reach for them would give
            // another error.
            let header = png_header(width, height, png::ColorType::Grayscale);
            let error = scan(&header, &ScanLimits::default()).unwrap_err();
            let ScanError::TooManyPixels {
                width: w,
                height: h,
                max,
                ..
            } = error
            else {
                panic!("{error}")
            };
            assert_eq!((w, h, max), (width, height, 50_000_000));
        }
        let scan_header = |width, height, color| {
            scan(&png_header(width, height, color), &ScanLimits::default()).unwrap_err()
        };
        let grey = scan_header(10_000, 5_000, png::ColorType::Grayscale);
        assert_eq!(grey, ScanError::BadImage);
        // Of a kind that needs more for each pixel there may be fewer.
        for (color, max) in [
            (png::ColorType::Rgb, 36_666_666),
            (png::ColorType::Rgba, 27_500_000),
        ] {
            let error = scan_header(10_000, 5_000, color);
            let ScanError::TooManyPixels { max: found, .. } = error else {
                panic!("{error}")
            };
            assert_eq!(found, max);
            assert_eq!(scan_header(5_000, 5_000, color), ScanError::BadImage);
        }

        // A GIF of 25 bytes that declares 65535 by 65535.
        let gif = b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x02\0";
        let error = scan(gif, &ScanLimits::default()).unwrap_err();
        assert_eq!(error.code(), "scan-too-many-pixels");

        let mut limits = ScanLimits::default();
        limits.max_bytes = 12;
        let error = scan(gif, &limits).unwrap_err();
        let expected = ScanError::TooManyBytes {
            length: 25,
            max: 12,
        };
        assert_eq!(error, expected);
    }

    /// A picture full of finder patterns makes the detector compare each with
    /// each; the search gives up on it instead.
    #[test]
    fn a_wall_of_finder_patterns_ends() {
        for (side, pitch, scale) in [(3990, 9, 1), (3990, 30, 3), (2000, 60, 5), (800, 20, 2)] {
            let wall = GrayImage::from_fn(side, side, |x, y| {
                let ring = |p: u32| ((p % pitch / scale) as i32 - 3).abs();
                let ring = ring(x).max(ring(y));
                Luma([if ring <= 1 || ring == 3 { 0 } else { 255 }])
            });
            let start = std::time::Instant::now();
            let result = scan(&written(wall, ImageFormat::Png), &ScanLimits::default());
            assert!(result.is_err() || result.is_ok_and(|codes| codes.is_empty()));
            assert!(start.elapsed().as_secs() < 60);
        }
    }

    #[test]
    fn grain_does_not_hide_a_large_code() {
        let symbol = symbol(400, EcLevel::Q);
        let side = (symbol.modules() + 8) * 16;
        for grain in [10, 30, 60, 90] {
            let mut state = 1_u32;
            let photo = GrayImage::from_fn(4000, 3000, |x, y| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let (u, v) = (
                    x.saturating_sub(800) as usize,
                    y.saturating_sub(400) as usize,
                );
                let inside = u < side && v < side && u >= 64 && v >= 64;
                let dark = inside && symbol.is_dark(u / 16 - 4, v / 16 - 4) == Some(true);
                let noise = (state >> 24) as i32 % (2 * grain) - grain;
                Luma([((if dark { 90 } else { 170 }) + noise).clamp(0, 255) as u8])
            });
            let mut limits = ScanLimits::default();
            limits.max_bytes = usize::MAX;
            let codes = scan(&written(photo, ImageFormat::Png), &limits).unwrap();
            assert_eq!(texts(&codes), [text(400)], "{grain}");
        }
    }

    #[test]
    fn a_large_picture_without_a_code_ends() {
        let mut state = 1_u32;
        for (width, height, noise) in [(4000, 4000, 255), (4000, 4000, 40), (8000, 6000, 40)] {
            let photo = GrayImage::from_fn(width, height, |x, y| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let shade = (f64::from(x) / 97.0).sin() * (f64::from(y) / 61.0).cos() * 100.0;
                Luma([(128.0 + shade) as u8 ^ ((state >> 24) % noise) as u8])
            });
            let mut limits = ScanLimits::default();
            limits.max_bytes = usize::MAX;
            let start = std::time::Instant::now();
            let result = scan(&written(photo, ImageFormat::Png), &limits);
            assert!(start.elapsed().as_secs() < 60);
            assert!(result.is_err() || result.is_ok_and(|codes| codes.is_empty()));
        }
    }

    #[test]
    fn debug_does_not_show_the_text() {
        let codes = read(&symbol(40, EcLevel::Q).to_png(4).unwrap());
        let debug = format!("{codes:?}");
        assert!(debug.contains("redacted") && !debug.contains(&text(40)[..5]));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_alphanumeric_text_comes_back(
            text in "[0-9A-Z $%*+./:-]{1,900}",
            level in 0..4_usize,
            scale in 1..6_u32,
        ) {
            let png = QrSymbol::encode(&text, LEVELS[level]).unwrap().to_png(scale).unwrap();
            let codes = read(&png);
            prop_assert_eq!(texts(&codes), [text]);
        }

        #[test]
        fn noise_is_no_panic(seed in any::<u32>(), side in 1..300_u32, grain in 1..9_u32) {
            let mix = |n: u32| {
                let n = (n ^ seed).wrapping_mul(0x9E37_79B1);
                (n ^ (n >> 15)).wrapping_mul(0x85EB_CA77) >> 24
            };
            let noise = GrayImage::from_fn(side, side, |x, y| {
                Luma([mix(x / grain + (y / grain) * 4096) as u8])
            });
            let result = scan(&written(noise, ImageFormat::Png), &ScanLimits::default());
            prop_assert!(result.is_ok_and(|codes| codes.is_empty()));
        }

        #[test]
        fn a_damaged_symbol_is_no_panic(
            length in 1..1500_usize,
            marks in proptest::collection::vec((any::<u16>(), any::<u16>(), 1..90_u32, any::<u8>()), 1..12),
        ) {
            let mut image = picture(&symbol(length, EcLevel::L), 3);
            for (x, y, size, luma) in marks {
                let (x, y) = (u32::from(x) % image.width(), u32::from(y) % image.height());
                let mark = GrayImage::from_pixel(size, size, Luma([luma]));
                imageops::replace(&mut image, &mark, x.into(), y.into());
            }
            let result = scan(&written(image, ImageFormat::Png), &ScanLimits::default());
            prop_assert!(result.is_ok_and(|codes| texts(&codes).iter().all(|t| *t == text(length))));
        }
    }
}
