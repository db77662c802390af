//! The graphics device, which a sleep, a driver's reset or a pulled cable can take away.
//! It does not come back within a window, so the wall ends and is started anew.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Waker;

use eframe::CreationContext;

/// Tells of the loss of the device.
pub(super) struct Device {
    lost: Arc<AtomicBool>,
    #[cfg(debug_assertions)]
    device: Option<wgpu::Device>,
}

impl Device {
    /// `waker` is woken when the device is lost.
    pub(super) fn watch(creation: &CreationContext<'_>, waker: &Waker) -> Self {
        let lost = Arc::new(AtomicBool::new(false));
        let device = creation.wgpu_render_state.as_ref().map(|state| state.device.clone());
        if let Some(device) = &device {
            let (told, waker) = (Arc::clone(&lost), waker.clone());
            device.set_device_lost_callback(move |reason, message| {
                tracing::error!(?reason, message, "the graphics device is lost");
                told.store(true, Ordering::Relaxed);
                waker.wake_by_ref();
            });
            let told = Arc::clone(&lost);
            device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
                tracing::error!(%error, "the graphics device refuses");
                told.store(true, Ordering::Relaxed);
            }));
        }
        Self {
            lost,
            #[cfg(debug_assertions)]
            device,
        }
    }

    /// True where nothing can be drawn any more.
    pub(super) fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    /// Loses it on purpose.
    #[cfg(debug_assertions)]
    pub(super) fn lose(&self) {
        if let Some(device) = &self.device {
            device.destroy();
        }
    }
}
