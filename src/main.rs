//! The program's door: see [`rettesnor`] for what is behind it.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
