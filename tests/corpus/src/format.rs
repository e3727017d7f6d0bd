//! The formats that are no pickles.

mod executable;
mod hdf5;
mod keras;
mod loaders;
mod onnx;
mod others;
mod protobuf;
mod python;
mod stores;
mod tensorflow;
mod tensors;
mod text;

use crate::Sample;

/// All of them.
pub fn samples() -> Vec<Sample> {
    [
        keras::samples(),
        loaders::samples(),
        tensorflow::samples(),
        onnx::samples(),
        tensors::samples(),
        text::samples(),
        python::samples(),
        executable::samples(),
        others::samples(),
        stores::samples(),
    ]
    .concat()
}
