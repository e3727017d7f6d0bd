//! WASI 0.2 for guests that their language's ordinary tool built. It is there
//! so that they load, and gives them nothing: no folders, variables, arguments
//! or sockets. `wasi:http` leads to the door, as our own interface does.

mod http;

use wasmtime::component::{Linker, ResourceTable};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use self::http::Outgoing;
use crate::host::{Authority, Host};
use crate::limits::Limits;

/// What an import of WASI begins with.
pub(crate) const PREFIX: &str = "wasi:";
/// The packages that are linked.
pub(crate) const PACKAGES: [&str; 7] =
    ["cli", "clocks", "filesystem", "http", "io", "random", "sockets"];
/// Bytes of standard output and standard error each; what is more is lost.
const OUTPUT: usize = 64 << 10;
/// Handles that are open at once.
const HANDLES: usize = 10_000;
/// Bytes that a guest may draw by chance at once.
const RANDOM: u64 = 64 << 10;

/// The state of one call.
pub(crate) struct Wasi {
    context: WasiCtx,
    table: ResourceTable,
    http: WasiHttpCtx,
    outgoing: Outgoing,
    output: MemoryOutputPipe,
}

impl Wasi {
    pub(crate) fn new(authority: &Authority, limits: &Limits) -> Self {
        let output = MemoryOutputPipe::new(OUTPUT);
        let mut builder = WasiCtx::builder();
        builder
            .stdout(output.clone())
            .stderr(output.clone())
            .allow_tcp(false)
            .allow_udp(false)
            .allow_ip_name_lookup(false)
            .max_random_size(RANDOM);
        let mut table = ResourceTable::new();
        table.set_max_capacity(HANDLES);
        Self {
            context: builder.build(),
            table,
            http: WasiHttpCtx::new(),
            outgoing: Outgoing::new(authority.http.clone(), limits),
            output,
        }
    }

    /// What the guest wrote to standard output and error.
    pub(crate) fn output(&self) -> String {
        String::from_utf8_lossy(&self.output.contents()).into_owned()
    }
}

pub(crate) fn add_to_linker(linker: &mut Linker<Host>) -> wasmtime::Result<()> {
    wasmtime_wasi::p2::add_to_linker_async(linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(linker)
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi.context, table: &mut self.wasi.table }
    }
}

impl WasiHttpView for Host {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        let Wasi { table, http, outgoing, .. } = &mut self.wasi;
        WasiHttpCtxView { hooks: outgoing, table, ctx: http }
    }
}
