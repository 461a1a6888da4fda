//! What the system says of this process and of the machine; nothing where there is no `/proc`.

use std::fs::read_to_string;

/// Mean number of programs that wanted a processor in the last minute.
pub(super) fn load() -> Option<f64> {
    read_to_string("/proc/loadavg").ok()?.split_whitespace().next()?.parse().ok()
}

/// Memory of this process that is in use, in MB.
pub(super) fn memory_mb() -> Option<f64> {
    let status = read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kb| kb / 1024.0)
}

/// Processor time that this process has used, in milliseconds.
pub(super) fn cpu_ms() -> Option<f64> {
    // The kernel counts in hundredths of a second. The name in parentheses may hold spaces; what follows does not.
    let stat = read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) * 10.0)
}
