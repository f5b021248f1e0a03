#include "orchestrator/shell/drill_floor.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace s1mple {
namespace {

constexpr std::string_view kScratch = "drill-floor.tmp";
constexpr std::uint64_t kScratchBytes = std::uint64_t{4} << 20;

std::int64_t percentile_us(std::vector<Nanos>& latencies, std::size_t percent) {
  if (latencies.empty()) return 0;
  const std::size_t index = std::min(latencies.size() - 1, latencies.size() * percent / 100);
  const auto at = latencies.begin() + static_cast<std::ptrdiff_t>(index);
  std::nth_element(latencies.begin(), at, latencies.end());
  return at->count() / 1000;
}

Result<DrillFigures> time_writes(DiskFile& file, const Clock& clock, std::uint64_t bytes, std::uint64_t commits) {
  const std::uint64_t size = std::max(kScratchBytes, 2 * bytes);
  if (auto filled = file.write_at(0, std::vector<std::byte>(static_cast<std::size_t>(size))); !filled.ok())
    return std::move(filled).error();
  if (auto synced = file.sync(); !synced.ok()) return std::move(synced).error();
  const std::vector<std::byte> payload(static_cast<std::size_t>(bytes), std::byte{0x5a});
  std::vector<Nanos> latencies;
  const Instant begun = clock.now();
  Instant last = begun;
  for (std::uint64_t at = 0; latencies.size() < commits && last - begun < kFloorTime; at += bytes) {
    if (at + bytes > size) at = 0;
    if (auto written = file.write_at(at, payload); !written.ok()) return std::move(written).error();
    if (auto synced = file.sync(); !synced.ok()) return std::move(synced).error();
    const Instant now = clock.now();
    latencies.push_back(now - last);
    last = now;
  }
  return figures_of(std::move(latencies), last - begun);
}

}  // namespace

std::string DrillFigures::seconds_text() const {
  return fmt::format("{}.{:06}", total.count() / 1'000'000'000, total.count() / 1000 % 1'000'000);
}

DrillFigures figures_of(std::vector<Nanos> latencies, Nanos total) {
  DrillFigures figures;
  figures.total = total;
  figures.commits = latencies.size();
  figures.p50_us = percentile_us(latencies, 50);
  figures.p99_us = percentile_us(latencies, 99);
  const auto ns = std::max<std::int64_t>(1, total.count());
  figures.per_second = static_cast<std::int64_t>(figures.commits) * 1'000'000'000 / ns;
  return figures;
}

std::string ratio_text(const DrillFigures& ours, const DrillFigures& floor) {
  const std::int64_t hundredths = floor.per_second == 0 ? 0 : ours.per_second * 100 / floor.per_second;
  return fmt::format("{}.{:02}", hundredths / 100, hundredths % 100);
}

Result<DrillFigures> measure_floor(Disk& disk, const Clock& clock, std::uint64_t bytes, std::uint64_t commits) {
  auto file = disk.open(kScratch, OpenFor::creating);
  if (!file.ok()) return std::move(file).error().during("measure the floor");
  auto figures = time_writes(**file, clock, bytes, commits);
  if (auto removed = disk.remove(kScratch); !removed.ok() && figures.ok()) return std::move(removed).error();
  return figures;
}

}  // namespace s1mple
