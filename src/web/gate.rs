//! The way in for questions: so many at a time, so many waiting, the rest are told to come back.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::problem::Problem;

/// A bounded pool.
pub struct Gate {
    places: Arc<Semaphore>,
    workers: Arc<Semaphore>,
}

/// A place in the queue.
pub struct Ticket {
    place: OwnedSemaphorePermit,
    workers: Arc<Semaphore>,
}

impl Gate {
    /// `workers` at a time (at least one), `queue` waiting.
    pub fn new(workers: usize, queue: usize) -> Self {
        let workers = workers.clamp(1, 1_024);
        let queue = queue.min(100_000);
        Self { places: Arc::new(Semaphore::new(workers + queue)), workers: Arc::new(Semaphore::new(workers)) }
    }

    /// Takes a place.
    ///
    /// # Errors
    /// All places are taken.
    pub fn enter(&self) -> Result<Ticket, Problem> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Problem::full())?;
        Ok(Ticket { place, workers: Arc::clone(&self.workers) })
    }
}

impl Ticket {
    /// Waits for a worker, tells `started`, and does `work` on a thread where it may block; all within `limit`.
    ///
    /// Work that takes too long cannot be broken off; it keeps its place until it is done, so that no more than the
    /// workers ever run.
    ///
    /// # Errors
    /// It took too long, or the work failed.
    pub async fn run<T, F, S>(self, limit: Duration, started: S, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T, Problem> + Send + 'static,
        S: AsyncFnOnce(),
    {
        let Self { place, workers } = self;
        let done = async move {
            let worker = workers.acquire_owned().await.map_err(|_| Problem::unavailable())?;
            started().await;
            let task = tokio::task::spawn_blocking(move || {
                let _held = (place, worker);
                work()
            });
            task.await.unwrap_or_else(|error| {
                tracing::error!(%error, "en arbeidstråd stoppet uventet");
                Err(Problem::unexpected())
            })
        };
        tokio::time::timeout(limit, done).await.unwrap_or_else(|_| Err(Problem::time_out()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(5);

    #[tokio::test]
    async fn over_the_bound_is_told_to_come_back() {
        let gate = Gate::new(1, 1);
        let (first, second) = (gate.enter().unwrap(), gate.enter().unwrap());
        assert_eq!(gate.enter().err().unwrap().status(), 429);
        first.run(LONG, async || {}, || Ok(())).await.unwrap();
        let third = gate.enter().unwrap();
        drop((second, third));
    }

    #[tokio::test]
    async fn slow_work_times_out_and_keeps_its_place() {
        let gate = Gate::new(1, 0);
        let (release, held) = std::sync::mpsc::channel::<()>();
        let slow = gate.enter().unwrap().run(
            Duration::from_millis(20),
            async || {},
            move || {
                let _ = held.recv();
                Ok(())
            },
        );
        assert_eq!(slow.await.err().unwrap().status(), 504);
        assert!(gate.enter().is_err());
        drop(release);
        while gate.enter().is_err() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}
