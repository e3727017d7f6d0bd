//! Pieces of a file that are gathered into a block.

use bytes::Bytes;

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

    pub(super) fn extend(&mut self, other: Self) {
        self.length += other.length;
        self.pieces.extend(other.pieces);
    }

    pub(super) fn into_pieces(self) -> Vec<Bytes> {
        self.pieces
    }
}
