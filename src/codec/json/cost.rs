//! What a text needs in memory when it is parsed.
//!
//! `{"":0},` takes eighty times its room as a tree of maps. The lists that
//! anybody publishes take two to eight times theirs, so that a limit by length
//! refuses the others alone.

use super::{JsonFault, after_text};
use alloc::vec::Vec;

/// As many times its own length may a text need, ...
const TIMES: usize = 10;
/// ... and so many bytes, which are few however they are filled.
const FREE: usize = 512 << 10;

/// The readers recurse: `serde_json` ends at 128 levels.
const MAX_DEPTH: usize = 128;

/// What a reader allocates.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    /// Bytes of an element of an array.
    element: usize,
    members: Members,
    /// Arrays and objects have no room to spare once they are complete.
    exact: bool,
}

#[derive(Clone, Copy)]
enum Members {
    /// Of a vector: so many bytes each while it grows, and at last.
    Vector { growing: usize, complete: usize },
    /// Of a B-tree whose nodes hold 5 to 11 members.
    Tree { leaf: usize, inner: usize },
}

impl Shape {
    /// `serde_json::Value`: 11 names (24 bytes) and values (32) in a leaf, and
    /// 12 pointers more in an inner node.
    pub(crate) const TREE: Self = Self {
        element: 32,
        members: Members::Tree {
            leaf: 632,
            inner: 728,
        },
        exact: false,
    };

    /// [`Lean`](super::Lean).
    pub(crate) const LEAN: Self = Self {
        element: 24,
        members: Members::Vector {
            growing: 40,
            complete: 40,
        },
        exact: true,
    };

    /// The same, and beside it what each element of an array is read into.
    pub(crate) const fn lean_into<T>() -> Self {
        Self {
            element: 24 + size_of::<T>(),
            ..Self::LEAN
        }
    }

    /// The borrowing values of the WHO's lists.
    pub(crate) const BORROWED: Self = Self {
        element: 32,
        members: Members::Vector {
            growing: 56,
            complete: 56,
        },
        exact: false,
    };

    /// The values of CertLogic: members in a vector, in a set of their names,
    /// and shared with their digests.
    pub(crate) const CERTLOGIC: Self = Self {
        element: 32,
        members: Members::Vector {
            growing: 116,
            complete: 72,
        },
        exact: true,
    };

    /// While it grows: a vector is copied into one of twice the room.
    fn growing(self, open: Open) -> usize {
        match (open.is_object, self.members) {
            (_, _) if open.count == 0 => 0,
            (false, _) => growing(open.count, self.element),
            (true, Members::Vector { growing: unit, .. }) => growing(open.count, unit),
            (true, Members::Tree { leaf, .. }) if open.count <= 11 => leaf,
            (true, Members::Tree { leaf, inner }) => {
                let leaves = open.count / 5 + 1;
                let inner_nodes = leaves / 5 + 2;
                leaves
                    .saturating_mul(leaf)
                    .saturating_add(inner_nodes.saturating_mul(inner))
            }
        }
    }

    fn complete(self, open: Open) -> usize {
        let unit = match (open.is_object, self.members) {
            (false, _) => self.element,
            (true, Members::Vector { complete, .. }) => complete,
            (true, Members::Tree { .. }) => return self.growing(open),
        };
        let room = match (self.exact, open.count) {
            (true, count) => count,
            (false, 0) => 0,
            (false, count) => count.next_power_of_two().max(4),
        };
        room.saturating_mul(unit)
    }
}

fn growing(count: usize, unit: usize) -> usize {
    match count {
        0..=4 => unit * 4,
        more => unit.saturating_mul(3).saturating_mul(more - 1),
    }
}

/// An array or object that has begun.
#[derive(Clone, Copy)]
struct Open {
    is_object: bool,
    count: usize,
}

/// Refuses what would need too much memory.
pub(crate) fn check(json: &[u8], shape: Shape) -> Result<(), JsonFault> {
    let max = json.len().saturating_mul(TIMES).saturating_add(FREE);
    match peak(json, shape) > max {
        true => Err(JsonFault::TooDense { max }),
        false => Ok(()),
    }
}

/// The most bytes that are allocated at once, at the latest when the reader
/// finds that the text is malformed.
fn peak(json: &[u8], shape: Shape) -> usize {
    let mut stack: Vec<Open> = Vec::new();
    let (mut peak, mut complete, mut growing) = (0_usize, 0_usize, 0_usize);
    // The reader's buffer for a text with escapes, or the digits of a number.
    let mut buffer = 0;
    let mut digits = 0;
    let mut rest = json;
    while let [first, tail @ ..] = rest {
        rest = tail;
        let is_white = first.is_ascii_whitespace();
        // The first token after a bracket is the first element.
        if !matches!(first, b']' | b'}' | b',')
            && !is_white
            && let Some(open) = stack.last_mut()
            && open.count == 0
        {
            count_one(open, &mut growing, shape);
        }
        match first {
            b'"' => {
                rest = after_text(tail);
                let length = tail.len() - rest.len();
                complete += length;
                let raw = tail.get(..length).unwrap_or_default();
                if memchr::memchr(b'\\', raw).is_some() {
                    buffer = buffer.max(3 * length);
                }
            }
            b',' => {
                if let Some(open) = stack.last_mut() {
                    count_one(open, &mut growing, shape);
                }
            }
            b'[' | b'{' => {
                if stack.len() == MAX_DEPTH {
                    break;
                }
                let is_object = *first == b'{';
                stack.push(Open {
                    is_object,
                    count: 0,
                });
            }
            b']' | b'}' => match stack.pop() {
                Some(open) => {
                    growing = growing.saturating_sub(shape.growing(open));
                    complete = complete.saturating_add(shape.complete(open));
                }
                None => break,
            },
            _ => {}
        }
        digits = match first {
            b'0'..=b'9' => digits + 1,
            _ => 0,
        };
        buffer = buffer.max(3 * digits);
        peak = peak.max(complete.saturating_add(growing));
    }
    peak.saturating_add(buffer)
}

fn count_one(open: &mut Open, growing: &mut usize, shape: Shape) {
    let before = shape.growing(*open);
    open.count += 1;
    *growing = growing.saturating_add(shape.growing(*open).saturating_sub(before));
}
