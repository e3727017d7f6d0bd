//! Pieces of a file that are gathered into a block.

use bytes::Bytes;

use crate::journal::BLOCK;

#[derive(Debug, Default)]
pub(super) struct Batch {
    pieces: Vec<Bytes>,
    length: usize,
}

impl Batch {
    pub(super) fn length(&self) -> usize {
        self.length
    }

    pub(super) fn push(&mut self, piece: Bytes) {
        if !piece.is_empty() {
            self.length += piece.len();
            self.pieces.push(piece);
        }
    }

    /// Takes as much of the piece as makes a block; the rest, where there is one.
    pub(super) fn fill(&mut self, mut piece: Bytes) -> Option<Bytes> {
        let room = BLOCK.saturating_sub(self.length);
        let more = (piece.len() > room).then(|| piece.split_off(room));
        self.push(piece);
        more
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.length += other.length;
        self.pieces.extend(other.pieces);
    }

    pub(super) fn into_pieces(self) -> Vec<Bytes> {
        self.pieces
    }
}
