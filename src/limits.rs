/// Resource limits for untrusted input.
///
/// The defaults leave room above anything that fits into a QR symbol (4,296
/// alphanumeric characters) and refuse the rest before memory is spent on it.
///
/// ```
/// let mut limits = hcert::Limits::default();
/// limits.max_inflated = 8 * 1024;
/// assert!(limits.max_text > 4296);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Longest text of a code, in bytes.
    pub max_text: usize,
    /// Most bytes that its zlib stream may inflate to.
    pub max_inflated: usize,
    /// Deepest nesting of CBOR arrays, maps and tags; whatever it is set to,
    /// never more than 128, as each level takes of the stack.
    pub max_depth: usize,
    /// Most CBOR data items in one layer.
    pub max_items: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_text: 16 * 1024,
            max_inflated: 64 * 1024,
            max_depth: 24,
            max_items: 4096,
        }
    }
}
