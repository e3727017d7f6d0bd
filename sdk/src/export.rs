//! The glue between [`Source`] or [`Scanner`] and the component's exports.

use crate::{Failure, Host as _, Imports, Level, Locator, Plan, Report, Scanner, Source};

/// Makes a [`Source`] the component's export. Once in a plugin, in `lib.rs`.
#[macro_export]
macro_rules! export {
    ($source:ty) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            use $crate::bindings::exports::nix_ai_model::plugin::resolver;
            struct Component;
            impl resolver::Guest for Component {
                fn parse(reference: String) -> ::core::result::Result<String, $crate::Failure> {
                    $crate::export::parse::<$source>(&reference)
                }
                fn resolve(
                    spec: resolver::Spec,
                ) -> ::core::result::Result<$crate::Plan, $crate::Failure> {
                    $crate::export::resolve::<$source>(&spec.fields)
                }
                fn locate(
                    spec: resolver::Spec,
                    pin: String,
                    paths: Vec<String>,
                ) -> ::core::result::Result<Vec<$crate::Locator>, $crate::Failure> {
                    $crate::export::locate::<$source>(&spec.fields, &pin, &paths)
                }
            }
    $crate::bindings::export_source!(Component with_types_in $crate::bindings);
        };
    };
}

/// Makes a [`Scanner`] the component's export. Once in a plugin, in `lib.rs`.
#[macro_export]
macro_rules! export_scanner {
    ($scanner:ty) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            use $crate::bindings::scanner::exports::nix_ai_model::plugin::inspector;
            struct Component;
            impl inspector::Guest for Component {
                fn scan(config: String) -> ::core::result::Result<$crate::Report, $crate::Failure> {
                    $crate::export::scan::<$scanner>(&config)
                }
            }
            $crate::bindings::scanner::export_scanner!(
                Component with_types_in $crate::bindings::scanner
            );
        };
    };
}

/// `parse` over JSON.
///
/// # Errors
/// The source's own.
pub fn parse<S: Source>(reference: &str) -> Result<String, Failure> {
    say_panics();
    let spec = S::parse(reference)?;
    serde_json::to_string(&spec)
        .map_err(|error| Failure::internal(format!("the fields cannot be written: {error}")))
}

/// `resolve` over JSON.
///
/// # Errors
/// The source's own, and [`Failure::invalid_spec`] for fields that it does not read.
pub fn resolve<S: Source>(fields: &str) -> Result<Plan, Failure> {
    say_panics();
    S::resolve(&Imports, &crate::read_spec(fields)?)
}

/// `locate` over JSON.
///
/// # Errors
/// As [`resolve`].
pub fn locate<S: Source>(
    fields: &str,
    pin: &str,
    paths: &[String],
) -> Result<Vec<Locator>, Failure> {
    say_panics();
    S::locate(&Imports, &crate::read_spec(fields)?, pin, paths)
}

/// `scan` over JSON.
///
/// # Errors
/// The scanner's own, and [`Failure::invalid_spec`] for a configuration that it
/// does not read.
pub fn scan<S: Scanner>(config: &str) -> Result<Report, Failure> {
    say_panics();
    S::scan(&Imports, crate::read_config(config)?)
}

/// A panic ends the guest; its message goes to the log first. The host takes a
/// line that begins with `panicked at` into its error.
fn say_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(|| "?".to_owned(), ToString::to_string);
        let said = panic.payload_as_str().unwrap_or("a value that is no text");
        Imports.log(Level::Debug, &format!("panicked at {place}: {said}"), &[]);
    }));
}
