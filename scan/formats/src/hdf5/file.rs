use std::rc::Rc;

use nix_ai_model_scan_walk::{Cursor, Fault, Head, Result, View};

pub(super) const SIGNATURE: &[u8] = b"\x89HDF\r\n\x1a\n";
/// Bytes of the shortest superblock.
const MINIMUM: u64 = 48;

/// Where something lies, in bytes from the begin of the view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) begin: u64,
    pub(super) size: u64,
}

/// What the superblock says.
pub(super) struct File<'a> {
    pub(super) view: Rc<dyn View + 'a>,
    pub(super) size: u64,
    /// Where the superblock is; addresses count from there.
    base: u64,
    /// Bytes of an address.
    pub(super) address_size: u8,
    /// Bytes of a length.
    pub(super) length_size: u8,
    /// The object header of the root group.
    pub(super) root: u64,
    /// Whether a driver of its own spreads the file.
    pub(super) has_driver: bool,
}

/// Where the signature is: at the begin, or after a user block of 512 bytes or
/// any power of two times that.
pub(super) fn superblock(view: &dyn View, size: u64) -> Result<Option<u64>> {
    let mut place = 0_u64;
    while place < size {
        if view.bytes(place, SIGNATURE.len())? == SIGNATURE {
            return Ok(Some(place));
        }
        place = place.saturating_mul(2).max(512);
    }
    Ok(None)
}

/// Whether the signature is behind a user block that is longer than what a part
/// is recognised by, and no longer than `most`. What cannot be read is for other
/// readers to tell.
pub(super) fn is_behind(view: &dyn View, size: u64, most: u64) -> bool {
    let places = std::iter::successors(Some(Head::BEGIN as u64), |place| place.checked_mul(2));
    places
        .take_while(|place| *place <= most && place.saturating_add(MINIMUM) <= size)
        .any(|place| view.bytes(place, SIGNATURE.len()).is_ok_and(|bytes| bytes == SIGNATURE))
}

impl<'a> File<'a> {
    pub(super) fn new(view: Rc<dyn View + 'a>, base: u64) -> Result<Self> {
        let size = view.size()?;
        let mut file =
            Self { view, size, base, address_size: 8, length_size: 8, root: 0, has_driver: false };
        file.read()?;
        Ok(file)
    }

    fn read(&mut self) -> Result<()> {
        let view = self.view.clone();
        let mut cursor = Cursor::new(&*view);
        cursor.go_to(self.base + 8);
        let version = cursor.u8()?;
        match version {
            0 | 1 => {
                cursor.skip(4);
                self.sizes(&mut cursor)?;
                cursor.skip(if version == 0 { 9 } else { 13 });
                cursor.skip(3 * u64::from(self.address_size));
                self.has_driver = self.address(&mut cursor)?.is_some();
                cursor.skip(u64::from(self.address_size));
            }
            2 | 3 => {
                self.sizes(&mut cursor)?;
                cursor.skip(1 + 3 * u64::from(self.address_size));
            }
            _ => return Err(Fault::Unsupported(format!("superblock version {version}"))),
        }
        let at = cursor.position();
        self.root =
            self.address(&mut cursor)?.ok_or_else(|| Fault::broken(at, "has no root group"))?;
        Ok(())
    }

    fn sizes(&mut self, cursor: &mut Cursor<'_>) -> Result<()> {
        let at = cursor.position();
        (self.address_size, self.length_size) = (cursor.u8()?, cursor.u8()?);
        let is_size = |size| matches!(size, 2 | 4 | 8);
        if !is_size(self.address_size) || !is_size(self.length_size) {
            return Err(Fault::broken(at, "has addresses or lengths of a strange size"));
        }
        Ok(())
    }

    /// The bytes from an address on.
    pub(super) fn at(&self, address: u64) -> Result<Cursor<'_>> {
        self.from(address.saturating_add(self.base))
    }

    /// The bytes from a place of the view on.
    pub(super) fn from(&self, place: u64) -> Result<Cursor<'_>> {
        if place >= self.size {
            return Err(Fault::Truncated(self.size));
        }
        let mut cursor = Cursor::new(&*self.view);
        cursor.go_to(place);
        Ok(cursor)
    }

    /// The place of an address.
    pub(super) fn place(&self, address: u64, size: u64) -> Place {
        Place { begin: address.saturating_add(self.base), size }
    }

    /// The bytes from an address on, after this signature.
    pub(super) fn block(&self, address: u64, signature: &[u8; 4]) -> Result<Cursor<'_>> {
        let mut cursor = self.at(address)?;
        let at = cursor.position();
        if cursor.array::<4>()? != *signature {
            let wanted = String::from_utf8_lossy(signature);
            return Err(Fault::broken(at, format!("has no {wanted} block where one must be")));
        }
        Ok(cursor)
    }

    /// Reads an address; `None` where it is undefined.
    pub(super) fn address(&self, cursor: &mut Cursor<'_>) -> Result<Option<u64>> {
        let address = number(cursor, self.address_size)?;
        let undefined = u64::MAX >> (64 - 8 * u32::from(self.address_size));
        Ok((address != undefined).then_some(address))
    }

    /// Reads a length.
    pub(super) fn length(&self, cursor: &mut Cursor<'_>) -> Result<u64> {
        number(cursor, self.length_size)
    }
}

/// Reads a little-endian number of up to 8 bytes.
pub(super) fn number(cursor: &mut Cursor<'_>, size: u8) -> Result<u64> {
    let mut bytes = [0; 8];
    let size = usize::from(size.min(8));
    cursor.fill(&mut bytes[..size])?;
    Ok(u64::from_le_bytes(bytes))
}

/// Reads a string that ends by a zero, of up to this many bytes.
pub(super) fn string(cursor: &mut Cursor<'_>, most: usize) -> Result<String> {
    let mut bytes = Vec::new();
    while bytes.len() < most {
        match cursor.u8()? {
            0 => break,
            byte => bytes.push(byte),
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
