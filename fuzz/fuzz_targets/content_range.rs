#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| targets::content_range(data));
