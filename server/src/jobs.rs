//! What is done by itself: forgetting, writing the log into the file, telling systemd that we live.

use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval, interval_at};

use crate::app::App;
use crate::store::{answer, clock, event};

/// A step of the database's own clock.
const TICK: Duration = Duration::from_mins(10);
/// How often it is looked whether the writers rest.
const LOOK: Duration = Duration::from_secs(20);
/// Looks without a change after which the log is written into the file.
const RESTS: u32 = 3;

/// Does all of it until the server stops.
pub(crate) async fn run(app: App) {
    tokio::join!(ticks(&app), checkpoints(&app), paces(&app), watchdog(&app));
}

fn steady(every: Duration) -> tokio::time::Interval {
    let mut steps = interval_at(Instant::now() + every, every);
    steps.set_missed_tick_behavior(MissedTickBehavior::Delay);
    steps
}

async fn ticks(app: &App) {
    let mut steps = steady(TICK);
    loop {
        steps.tick().await;
        if let Err(error) = tick(app).await {
            tracing::warn!(error = %error, "old keys and events could not be forgotten");
        }
    }
}

async fn tick(app: &App) -> sqlx::Result<()> {
    let mut change = app.store.begin().await?;
    let connection = change.connection();
    let tick = clock::advance(connection).await?;
    answer::forget(connection, tick).await?;
    event::forget(connection, tick).await?;
    change.commit().await.map(drop)
}

/// Writes the log into the file when there was no change for a minute: what an operator copies is then
/// whole, and what was deleted is gone from the log too.
async fn checkpoints(app: &App) {
    let mut steps = steady(LOOK);
    let (mut seen, mut written, mut rests) = (app.store.changes(), app.store.changes(), 0);
    loop {
        steps.tick().await;
        let now = app.store.changes();
        rests = if now == seen { rests + 1 } else { 0 };
        seen = now;
        if rests >= RESTS && written != now {
            match app.store.checkpoint().await {
                Ok(()) => written = now,
                Err(error) => tracing::warn!(error = %error, "the log could not be written"),
            }
        }
    }
}

async fn paces(app: &App) {
    let mut steps = steady(Duration::from_mins(1));
    loop {
        steps.tick().await;
        app.paces.reads.forget();
        app.paces.writes.forget();
        app.paces.newcomers.forget();
    }
}

/// Tells systemd that we live, as long as the writer gets on.
async fn watchdog(app: &App) {
    let Some(within) = sd_notify::watchdog_enabled() else { return };
    let mut steps = interval(within / 3);
    loop {
        steps.tick().await;
        if app.store.gets_on(within / 3).await {
            drop(sd_notify::notify(&[sd_notify::NotifyState::Watchdog]));
        } else {
            tracing::warn!("the writer does not answer");
        }
    }
}
