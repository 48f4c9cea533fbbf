//! What is made at its first use, without `std`'s locks.

use alloc::boxed::Box;
use core::ops::Deref;

use once_cell::race::OnceBox;

/// Threads that ask first at the same time make it several times, and all of
/// them get the same one.
pub(crate) struct Lazy<T> {
    made: OnceBox<T>,
    make: fn() -> T,
}

impl<T> Lazy<T> {
    pub(crate) const fn new(make: fn() -> T) -> Self {
        let made = OnceBox::new();
        Self { made, make }
    }
}

impl<T> Deref for Lazy<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.made.get_or_init(|| Box::new((self.make)()))
    }
}
