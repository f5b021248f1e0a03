#include "orchestrator/state/snapshot_writer.h"

#include <span>
#include <utility>

#include "common/base/crc32c.h"
#include "orchestrator/state/archive_writer.h"
#include "orchestrator/state/snapshot_publish.h"
#include "orchestrator/state/store_names.h"

namespace s1mple {

SnapshotWriter::SnapshotWriter(Disk& disk, RunOnHelper run, Finished finished)
    : disk_(disk), run_(std::move(run)), finished_(std::move(finished)) {}

void SnapshotWriter::begin(SnapshotHeader header, std::unique_ptr<SnapshotSlices> slices, std::string keep_as,
                           std::uint64_t durable_seq, std::vector<std::shared_ptr<const ArchiveBatch>> leaving) {
  ENSURE(!active(), "a snapshot is being written already");
  stage_ = Stage::streaming;
  durable_seq_ = durable_seq;
  slices_ = std::move(slices);
  writing_ = std::make_shared<Writing>();
  writing_->header = std::move(header);
  writing_->keep_as = std::move(keep_as);
  writing_->leaving = std::move(leaving);
  write_slice();
}

void SnapshotWriter::write_slice() {
  writing_->chunk.clear();
  const bool more = slices_->append_slice(writing_->chunk);
  auto job = [writing = writing_, disk = &disk_] {
    if (!writing->journal) {
      auto opened = disk->open(kJournalFile, OpenFor::creating);
      if (!opened.ok()) {
        writing->outcome = std::move(opened).error();
        return;
      }
      writing->journal = std::move(opened).value();
    }
    const auto bytes = std::as_bytes(std::span(writing->chunk));
    writing->outcome = writing->journal->write_at(kSnapshotHeaderBytes + writing->header.body_bytes, bytes);
    writing->header.body_bytes += bytes.size();
    writing->header.body_crc = crc32c(bytes, writing->header.body_crc);
  };
  run_(std::move(job), [this, more] {
    if (!writing_->outcome.ok()) return abandon(std::move(writing_->outcome).error());
    if (more) return write_slice();
    slices_.reset();
    stage_ = Stage::waiting;
    publish_if_durable();
  });
}

void SnapshotWriter::on_durable(std::uint64_t durable_seq) {
  durable_seq_ = durable_seq;
  if (stage_ == Stage::waiting) publish_if_durable();
}

namespace {

// Rule 5: what the snapshot does not hold any more is forced in the archive before the snapshot can count.
Result<void> archive(Disk& disk, SnapshotHeader& header, std::vector<std::shared_ptr<const ArchiveBatch>> leaving) {
  ArchiveOrder order{header.kind, header.state_format, header.epoch, header.seq, std::move(leaving)};
  auto archives = append_to_archive(disk, std::move(header.archives), order);
  if (!archives.ok()) return std::move(archives).error();
  header.archives = std::move(archives).value();
  return {};
}

}  // namespace

// Rule 5: what a snapshot holds is in the forced log before the snapshot counts.
void SnapshotWriter::publish_if_durable() {
  if (durable_seq_ < writing_->header.seq) return;
  stage_ = Stage::publishing;
  auto job = [writing = writing_, disk = &disk_] {
    writing->outcome = archive(*disk, writing->header, std::move(writing->leaving));
    if (writing->outcome.ok()) writing->outcome = finish_journal(*writing->journal, writing->header);
    writing->journal.reset();
    if (writing->outcome.ok()) writing->outcome = publish_journal(*disk, writing->keep_as);
    if (!writing->outcome.ok()) return;
    // Rule 20: the older generation stays until the new one was read back from the disk.
    auto verified = verify_snapshot(*disk, kStateFile);
    if (!verified.ok())
      writing->outcome = Error{Errc::io, "read back state.json: " + verified.error().story};
    else
      writing->outcome = remove_generations(*disk, writing->keep_as);
  };
  run_(std::move(job), [this] {
    if (!writing_->outcome.ok()) return abandon(std::move(writing_->outcome).error());
    stage_ = Stage::idle;
    const auto written = std::exchange(writing_, nullptr);
    finished_(std::move(written->header));
  });
}

// Rule 16: without room for a snapshot the old one and the log stay what counts. The journal may be whole already;
// it is gone for good before another attempt writes over the archive's tail that it names.
void SnapshotWriter::abandon(Error why) {
  slices_.reset();
  if (why.code != Errc::no_space) {
    stage_ = Stage::idle;
    return finished_(std::move(why).during("write a snapshot"));
  }
  stage_ = Stage::publishing;
  auto job = [writing = writing_, disk = &disk_] {
    writing->journal.reset();
    writing->outcome = disk->remove(kJournalFile);
    if (writing->outcome.ok()) writing->outcome = disk->sync_directory();
  };
  run_(std::move(job), [this, why = std::move(why)]() mutable {
    const auto written = std::exchange(writing_, nullptr);
    stage_ = Stage::idle;
    const bool removed = written->outcome.ok() || written->outcome.error().code == Errc::not_found;
    finished_(removed ? std::move(why) : std::move(written->outcome).error());
  });
}

}  // namespace s1mple
