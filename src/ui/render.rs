//! Draws the interface into a picture, without a window or a display.
//!
//! `pult render`, «Сохранить картинку…» of a test run and the image tests go
//! through here. Any Vulkan or OpenGL driver serves, a software one too.

use std::sync::mpsc;
use std::time::Duration;

use egui::{FullOutput, Pos2, RawInput, Rect, Ui, Vec2};
use egui_wgpu::{
    RenderState, RendererOptions, ScreenDescriptor, WgpuConfiguration, WgpuSetup,
    WgpuSetupCreateNew,
};
use image::RgbaImage;

use super::theme;
use super::tokens::Tokens;

/// Software rasterisers draw a large picture in seconds; a device that takes
/// longer than this is lost.
const DEVICE_WAIT: Duration = Duration::from_mins(1);

#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    #[error(
        "no graphics driver was found ({0}); install a Vulkan or OpenGL driver, for example \
         Debian's mesa-vulkan-drivers"
    )]
    NoDriver(String),
    #[error("a picture of {width}×{height} is larger than the driver allows ({limit})")]
    TooLarge { width: u32, height: u32, limit: u32 },
    #[error("the graphics driver failed: {0}")]
    Driver(String),
}

/// An egui context with a renderer behind it.
pub struct Offscreen {
    pub ctx: egui::Context,
    gpu: RenderState,
    width: u32,
    height: u32,
    pixels_per_point: f32,
    seconds: f64,
    /// Textures that the last frame was the last to show.
    outdated: Vec<egui::TextureId>,
}

impl Offscreen {
    /// `width` × `height` in pixels.
    pub fn new(
        width: u32,
        height: u32,
        pixels_per_point: f32,
        tokens: &Tokens,
    ) -> Result<Self, RenderError> {
        // OpenGL second: without a display it complains on stderr by itself.
        let gpu = connect(wgpu::Backends::VULKAN)
            .or_else(|_| connect(wgpu::Backends::GL))
            .map_err(|error| RenderError::NoDriver(error.to_string()))?;
        let limit = gpu.device.limits().max_texture_dimension_2d;
        if width.max(height) > limit {
            return Err(RenderError::TooLarge { width, height, limit });
        }
        let ctx = egui::Context::default();
        theme::install(&ctx, tokens);
        let outdated = Vec::new();
        Ok(Self { ctx, gpu, width, height, pixels_per_point, seconds: 0.0, outdated })
    }

    /// Name of what draws.
    pub fn driver_name(&self) -> String {
        self.gpu.adapter.get_info().name
    }

    /// True where the processor does the drawing, for want of a graphics card.
    pub fn is_software(&self) -> bool {
        self.gpu.adapter.get_info().device_type == wgpu::DeviceType::Cpu
    }

    /// Runs one frame; nothing is painted yet. `elapsed_secs` moves egui's clock.
    pub fn frame(&mut self, elapsed_secs: f64, draw: impl FnMut(&mut Ui)) -> FullOutput {
        self.seconds += elapsed_secs;
        let size = Vec2::new(self.width as f32, self.height as f32) / self.pixels_per_point;
        let mut input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, size)),
            time: Some(self.seconds),
            max_texture_side: Some(self.gpu.device.limits().max_texture_dimension_2d as usize),
            focused: true,
            ..RawInput::default()
        };
        if let Some(viewport) = input.viewports.get_mut(&input.viewport_id) {
            viewport.native_pixels_per_point = Some(self.pixels_per_point);
        }
        let mut output = self.ctx.run_ui(input, draw);
        self.upload(&mut output);
        output
    }

    fn upload(&mut self, output: &mut FullOutput) {
        let mut renderer = self.gpu.renderer.write();
        for id in self.outdated.drain(..) {
            renderer.free_texture(&id);
        }
        for (id, deltas) in output.textures_delta.set.drain() {
            for delta in deltas {
                renderer.update_texture(&self.gpu.device, &self.gpu.queue, id, &delta);
            }
        }
        self.outdated.extend(output.textures_delta.free.drain());
    }

    /// Paints what a frame put out.
    pub fn paint(&self, output: FullOutput) -> Result<RgbaImage, RenderError> {
        let jobs = self.ctx.tessellate(output.shapes, output.pixels_per_point);
        let screen = ScreenDescriptor {
            size_in_pixels: [self.width, self.height],
            pixels_per_point: output.pixels_per_point,
        };
        let (device, queue) = (&self.gpu.device, &self.gpu.queue);
        let target = device.create_texture(&wgpu::TextureDescriptor {
            label: Some("picture"),
            size: wgpu::Extent3d {
                width: self.width,
                height: self.height,
                depth_or_array_layers: 1,
            },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: self.gpu.target_format,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
            view_formats: &[],
        });
        let view = target.create_view(&wgpu::TextureViewDescriptor::default());
        let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let mut renderer = self.gpu.renderer.write();
        let extra = renderer.update_buffers(device, queue, &mut encoder, &jobs, &screen);
        {
            let mut pass = encoder
                .begin_render_pass(&wgpu::RenderPassDescriptor {
                    label: Some("picture"),
                    color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                        view: &view,
                        depth_slice: None,
                        resolve_target: None,
                        ops: wgpu::Operations {
                            load: wgpu::LoadOp::Clear(wgpu::Color::BLACK),
                            store: wgpu::StoreOp::Store,
                        },
                    })],
                    ..wgpu::RenderPassDescriptor::default()
                })
                .forget_lifetime();
            renderer.render(&mut pass, &jobs, &screen);
        }
        drop(renderer);
        queue.submit(extra.into_iter().chain(std::iter::once(encoder.finish())));
        self.download(&target)
    }

    /// Copies the texture into memory; rows of the copy are padded.
    fn download(&self, texture: &wgpu::Texture) -> Result<RgbaImage, RenderError> {
        let row_bytes = self.width * 4;
        let padded_bytes = row_bytes.next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
        let (device, queue) = (&self.gpu.device, &self.gpu.queue);
        let buffer = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("picture"),
            size: u64::from(padded_bytes) * u64::from(self.height),
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        encoder.copy_texture_to_buffer(
            texture.as_image_copy(),
            wgpu::TexelCopyBufferInfo {
                buffer: &buffer,
                layout: wgpu::TexelCopyBufferLayout {
                    offset: 0,
                    bytes_per_row: Some(padded_bytes),
                    rows_per_image: None,
                },
            },
            texture.size(),
        );
        queue.submit(std::iter::once(encoder.finish()));

        let driver = |error: &dyn std::fmt::Display| RenderError::Driver(error.to_string());
        let (sender, mapped) = mpsc::channel();
        buffer.slice(..).map_async(wgpu::MapMode::Read, move |result| {
            // The receiver outlives the poll below; nobody else listens.
            drop(sender.send(result));
        });
        device
            .poll(wgpu::PollType::Wait { submission_index: None, timeout: Some(DEVICE_WAIT) })
            .map_err(|error| driver(&error))?;
        mapped.recv().map_err(|error| driver(&error))?.map_err(|error| driver(&error))?;

        let bytes = buffer.slice(..).get_mapped_range().map_err(|error| driver(&error))?;
        let swap = matches!(
            self.gpu.target_format,
            wgpu::TextureFormat::Bgra8Unorm | wgpu::TextureFormat::Bgra8UnormSrgb
        );
        let mut pixels = Vec::with_capacity((row_bytes * self.height) as usize);
        for row in bytes.chunks_exact(padded_bytes as usize) {
            for pixel in row[..row_bytes as usize].chunks_exact(4) {
                let (red, blue) = if swap { (pixel[2], pixel[0]) } else { (pixel[0], pixel[2]) };
                pixels.extend_from_slice(&[red, pixel[1], blue, u8::MAX]);
            }
        }
        RgbaImage::from_raw(self.width, self.height, pixels)
            .ok_or_else(|| RenderError::Driver("the picture came back incomplete".to_owned()))
    }
}

/// The first adapter of one kind of driver.
fn connect(backends: wgpu::Backends) -> Result<RenderState, egui_wgpu::WgpuError> {
    let mut setup = WgpuSetupCreateNew::without_display_handle();
    setup.instance_descriptor.backends = backends;
    let setup = WgpuSetup::CreateNew(setup);
    let instance = pollster::block_on(setup.new_instance());
    let config = WgpuConfiguration { wgpu_setup: setup, ..WgpuConfiguration::default() };
    pollster::block_on(RenderState::create(&config, &instance, None, RendererOptions::PREDICTABLE))
}
