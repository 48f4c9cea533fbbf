//! A Cortex-M4 under QEMU: an arena for a heap, a clock that counts
//! instructions, and semihosting to print with.

use core::alloc::{GlobalAlloc, Layout};
use core::ptr::addr_of;
use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed};

use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::{entry, exception};
use cortex_m_semihosting::{debug, hprintln};
use embedded_alloc::LlffHeap;
use hcert_small::{CASES, CERTIFICATE, SNAPSHOT};

/// All that the heap has.
const ARENA: usize = 64 << 10;

#[global_allocator]
static HEAP: Counting = Counting {
    heap: LlffHeap::empty(),
    used: AtomicUsize::new(0),
    most: AtomicUsize::new(0),
};

/// Counts what is in use, and the most that was.
struct Counting {
    heap: LlffHeap,
    used: AtomicUsize,
    most: AtomicUsize,
}

// SAFETY: all is left to the heap; counting touches no memory of it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let used = self.used.fetch_add(layout.size(), Relaxed) + layout.size();
        self.most.fetch_max(used, Relaxed);
        unsafe { self.heap.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        self.used.fetch_sub(layout.size(), Relaxed);
        unsafe { self.heap.dealloc(place, layout) }
    }
}

/// With `-icount shift=0` QEMU's clock goes on by a nanosecond an instruction,
/// and this timer runs with 25 MHz.
const INSTRUCTIONS_A_TICK: u64 = 40;
const RELOAD: u32 = 0x00ff_ffff;
static ROUNDS: AtomicU32 = AtomicU32::new(0);

#[exception]
fn SysTick() {
    ROUNDS.fetch_add(1, Relaxed);
}

fn instructions() -> u64 {
    loop {
        let rounds = ROUNDS.load(Relaxed);
        let ticks = RELOAD - SYST::get_current();
        if rounds == ROUNDS.load(Relaxed) {
            let round = u64::from(RELOAD) + 1;
            return (u64::from(rounds) * round + u64::from(ticks)) * INSTRUCTIONS_A_TICK;
        }
    }
}

/// Gives the result, and prints what it took.
fn measured<T>(name: &str, work: impl FnOnce() -> T) -> T {
    HEAP.most.store(HEAP.used.load(Relaxed), Relaxed);
    let start = instructions();
    let result = work();
    let took = instructions() - start;
    let (most, used) = (HEAP.most.load(Relaxed), HEAP.used.load(Relaxed));
    hprintln!(
        "{}: {} instructions, heap {} at most, {} after it",
        name,
        took,
        most,
        used
    );
    result
}

/// How far the stack has reached, at most: below that is what it was painted
/// with.
fn stack() -> usize {
    unsafe extern "C" {
        static _stack_end: u32;
        static _stack_start: u32;
    }
    let (mut place, top) = (
        addr_of!(_stack_end) as usize,
        addr_of!(_stack_start) as usize,
    );
    let paint = cortex_m_rt::STACK_PAINT_VALUE;
    // SAFETY: the linker names the ends of memory that is all ours.
    while place < top && unsafe { (place as *const u32).read_volatile() } == paint {
        place += size_of::<u32>();
    }
    top - place
}

#[entry]
fn main() -> ! {
    static mut MEMORY: [u8; ARENA] = [0; ARENA];
    // SAFETY: called once, with memory that nobody else has.
    unsafe { HEAP.heap.init(MEMORY.as_mut_ptr() as usize, ARENA) }
    let mut timer = cortex_m::Peripherals::take().map(|all| all.SYST);
    if let Some(timer) = &mut timer {
        timer.set_clock_source(SystClkSource::Core);
        timer.set_reload(RELOAD);
        timer.clear_current();
        timer.enable_interrupt();
        timer.enable_counter();
    }
    hprintln!(
        "certificate: {} characters; snapshot: {} bytes in flash",
        CERTIFICATE.len(),
        SNAPSHOT.len()
    );
    let mut all_right = true;
    let mut highest = 0;
    match measured("open, with the signature", hcert_small::open) {
        None => all_right = false,
        Some(snapshot) => {
            highest = highest.max(HEAP.most.load(Relaxed));
            for (name, text, now, expected) in CASES {
                let verdict = measured(name, || hcert_small::verify(&snapshot, text, now));
                highest = highest.max(HEAP.most.load(Relaxed));
                let outcome = verdict.as_ref().map(|verdict| verdict.outcome());
                let reason = verdict.as_ref().and_then(|verdict| verdict.reason());
                let code = reason.map_or("none", |reason| reason.code());
                hprintln!("{}: {:?}, reason {}", name, outcome, code);
                all_right &= outcome == Some(expected);
            }
        }
    }
    hprintln!(
        "peak heap: {} of {} bytes; stack: {} bytes",
        highest,
        ARENA,
        stack()
    );
    debug::exit(match all_right {
        true => debug::EXIT_SUCCESS,
        false => debug::EXIT_FAILURE,
    });
    loop {}
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    hprintln!("{}", info);
    debug::exit(debug::EXIT_FAILURE);
    loop {}
}
