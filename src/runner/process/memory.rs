//! How much memory a process has had, where the system tells.

/// The most memory that a process has had, in MB; `None` where nobody tells.
#[cfg(target_os = "linux")]
pub(super) fn peak_mb(process: u32) -> Option<u32> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u32 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib.div_ceil(1024))
}

/// The most memory that a process has had, in MB; `None` where nobody tells.
#[cfg(not(target_os = "linux"))]
pub(super) fn peak_mb(_: u32) -> Option<u32> {
    None
}
