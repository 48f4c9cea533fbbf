//! The QR symbol (hcert-spec 1.0.8 §4.2.2; ISO/IEC 18004:2015).

use super::Report;
use crate::qr::{EcLevel, QrMode, QrSymbol, ScannedCode};
use alloc::format;
use alloc::vec::Vec;

const QUIET_ZONE: u8 = 4;
/// The diagonals that hcert-spec §4.2.2 recommends, in mm.
const DIAGONAL_MM: [f32; 2] = [35.0, 60.0];
/// Four dots of a 300 dpi printer.
const SMALLEST_MODULE_MM: f32 = 4.0 * 25.4 / 300.0;

pub(super) fn lint(code: &ScannedCode, report: &mut Report) {
    report.fact("qr-version", code.version());
    let modes: Vec<_> = code.modes().iter().map(|mode| mode.name()).collect();
    if !modes.is_empty() {
        report.fact("qr-mode", modes.join(" "));
    }
    let others = |mode: &QrMode| !matches!(mode, QrMode::Alphanumeric | QrMode::Numeric);
    if code.modes().iter().any(others) {
        report.find("qr-mode", "qr");
    } else if code.modes().contains(&QrMode::Numeric) {
        report.find("qr-segments", "qr");
    }
    if let Some(level) = code.level() {
        report.fact("qr-level", level);
        if matches!(level, EcLevel::L | EcLevel::M) {
            report.find("qr-level", "qr");
        }
        let own = QrSymbol::encode(code.text(), level);
        if own.is_ok_and(|own| own.version() < code.version()) {
            report.find("qr-version", "qr");
        }
    }
    let side = 17.0 + 4.0 * f32::from(code.version());
    let [least, most] = DIAGONAL_MM;
    let least = least.max((SMALLEST_MODULE_MM * side * core::f32::consts::SQRT_2).ceil());
    report.fact("qr-diagonal-mm", format!("{least} to {}", least.max(most)));
    if least > most {
        report.find("qr-modules-too-small", "qr");
    }
    if let Some(modules) = code.quiet_zone() {
        report.fact("qr-quiet-zone", modules);
        if modules < QUIET_ZONE {
            report.find("qr-quiet-zone", "qr");
        }
    }
    if code.is_reversed() {
        report.find("qr-reversed", "qr");
    }
}
