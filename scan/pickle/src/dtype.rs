//! NumPy's names of element types.

/// Whether elements of this type are, or hold, Python objects.
pub(crate) fn has_objects(code: &str) -> bool {
    code.contains('O') || code.contains("object")
}

/// Bytes of an element: of `f8`, `<U10`, `|S1`, `datetime64[ns]`.
pub(crate) fn width(code: &str) -> Option<u64> {
    let code = code.trim_start_matches(['<', '>', '=', '|']);
    let mut characters = code.chars();
    let kind = characters.next()?;
    let digits = characters.as_str();
    let digits = digits.split('[').next().unwrap_or(digits);
    let count: Option<u64> = digits.parse().ok();
    match (kind, digits) {
        ('U', "") | ('S' | 'a' | 'V', "") => Some(0),
        ('U', _) => count?.checked_mul(4),
        ('M' | 'm', _) => Some(8),
        ('?' | 'b' | 'B', "") => Some(1),
        ('h' | 'H' | 'e', "") => Some(2),
        ('i' | 'I' | 'f', "") => Some(4),
        ('l' | 'L' | 'q' | 'Q' | 'd' | 'F' | 'p' | 'P' | 'O', "") => Some(8),
        ('D' | 'g', "") => Some(16),
        ('G', "") => Some(32),
        ('i' | 'u' | 'f' | 'c' | 'b' | 'S' | 'a' | 'V' | 'O' | 't', _) => count,
        _ => None,
    }
}
