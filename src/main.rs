//! The program's door: see [`rettesnor`] for what is behind it.

mod cli;

/// A question makes many small strings on several threads at once; see the speed in `docs/MEASUREMENTS.md`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    cli::main()
}
