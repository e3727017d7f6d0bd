//! The acts that do not end, or end in a trap.

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};

use nix_ai_model_sdk::{Host, Level, Plan, Request};

static DEPTH: AtomicU64 = AtomicU64::new(0);

pub(crate) fn forever() -> ! {
    let mut count = 0_u64;
    loop {
        count = black_box(count.wrapping_add(1));
    }
}

pub(crate) fn allocate() -> ! {
    loop {
        black_box(Vec::<u8>::with_capacity(1 << 20).leak());
    }
}

/// Nothing of it lives in linear memory, so it is the host's stack that ends.
#[inline(never)]
#[allow(unconditional_recursion, reason = "that is the attack")]
pub(crate) fn recurse(depth: u64) -> u64 {
    DEPTH.fetch_add(depth, Ordering::Relaxed);
    let deeper = recurse(depth + 1);
    deeper.wrapping_mul(3).rotate_left((depth & 31) as u32) ^ DEPTH.load(Ordering::Relaxed)
}

pub(crate) fn flood_log(host: &dyn Host) -> ! {
    loop {
        host.log(Level::Warn, "again", &[]);
    }
}

pub(crate) fn long_line(host: &dyn Host) -> Vec<u8> {
    host.log(Level::Warn, &"x".repeat(8 << 20), &[]);
    Vec::new()
}

pub(crate) fn flood_host(host: &dyn Host) -> ! {
    loop {
        black_box(host.has_credential("token"));
    }
}

pub(crate) fn long_url(host: &dyn Host) -> ! {
    let request = Request::get(format!("https://allowed.example/{}", "x".repeat(32 << 20)));
    loop {
        let _ = black_box(host.fetch(&request));
    }
}

pub(crate) fn hostile_log(host: &dyn Host) -> Vec<u8> {
    host.log(Level::Warn, "\u{1b}[2Jgone\r\nERROR: fine", &[("\u{202e}a", "b\0")]);
    Vec::new()
}

pub(crate) fn many_files() -> Plan {
    crate::plan((0..1_000_000).map(|_| crate::file(Vec::new())).collect())
}

#[allow(unsafe_code, reason = "the attack: one text that a million owners claim")]
pub(crate) fn shared_text() -> Plan {
    let text = "x".repeat(32 << 20).leak();
    let files = (0..10_000).map(|_| {
        // SAFETY: none. Nothing frees it before the host has read it ten
        // thousand times over, which the host must not do.
        let path = unsafe { String::from_raw_parts(text.as_mut_ptr(), text.len(), text.len()) };
        nix_ai_model_sdk::PlannedFile { path, ..crate::file(Vec::new()) }
    });
    crate::plan(files.collect())
}

#[allow(unsafe_code, reason = "the attack: an address outside the guest's memory")]
pub(crate) fn wild_write() -> Vec<u8> {
    // SAFETY: none; the sandbox has to stop it.
    unsafe { std::ptr::write_volatile(black_box(0xffff_ff00_usize) as *mut u8, 1) };
    Vec::new()
}
