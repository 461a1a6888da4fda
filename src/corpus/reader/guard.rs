//! Runs a foreign reader where it can do no harm: on a thread of its own, within a time, its panics caught.

use std::cell::Cell;
use std::panic;
use std::sync::{Once, mpsc};
use std::thread;
use std::time::Duration;

use super::error::Problem;

thread_local! {
    /// Whether a panic on this thread is a reader's way of saying that a file is broken.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Stack of the reading thread: some readers recurse into the file's own structure.
const STACK: usize = 64 * 1024 * 1024;

/// What `read` returns; [`Problem::Broken`] if it panics, [`Problem::TooSlow`] if it takes longer than `limit`.
///
/// A reader that does not come back is left behind; it holds nothing but its own copy of the file.
pub(super) fn run<T: Send + 'static>(
    format: &'static str,
    limit: Duration,
    read: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    quiet_guarded_threads();
    let (sender, receiver) = mpsc::channel();
    let spawned = thread::Builder::new().name("leser".to_owned()).stack_size(STACK).spawn(move || {
        GUARDED.set(true);
        let outcome = panic::catch_unwind(panic::AssertUnwindSafe(read));
        // Nobody listens any more if the time ran out.
        let _ = sender.send(outcome.unwrap_or(Err(Problem::Broken { format })));
    });
    if let Err(error) = spawned {
        return Err(Problem::Io { detail: error.to_string() });
    }
    match receiver.recv_timeout(limit) {
        Ok(result) => result,
        Err(mpsc::RecvTimeoutError::Timeout) => Err(Problem::TooSlow { seconds: limit.as_secs() }),
        Err(mpsc::RecvTimeoutError::Disconnected) => Err(Problem::Broken { format }),
    }
}

/// Keeps panics of guarded threads off standard error, where one plain sentence about the file will stand instead.
/// All other panics are reported as before.
fn quiet_guarded_threads() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !GUARDED.get() {
                before(info);
            }
        }));
    });
}

#[cfg(test)]
#[allow(clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn panics_and_delays_become_errors() {
        let broken: Result<(), _> = run("PDF", Duration::from_secs(5), || panic!("inside"));
        assert_eq!(broken, Err(Problem::Broken { format: "PDF" }));
        let slow = run("PDF", Duration::from_millis(20), || {
            thread::sleep(Duration::from_secs(2));
            Ok(())
        });
        assert_eq!(slow, Err(Problem::TooSlow { seconds: 0 }));
        assert_eq!(run("PDF", Duration::from_secs(5), || Ok(3)), Ok(3));
    }
}
