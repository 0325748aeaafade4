// earshot-bench-memory: how long a question of the memory takes in a large store, and how often it finds what was said
// (docs/memory.md). Prints a plain SQL scan for the same words beside it.
#include <time.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "bench/memory/questions.h"
#include "bench/memory/small_talk.h"
#include "gateway/store/sqlite/database.h"
#include "gateway/store/sqlite/sqlite_store.h"
#include "worker/memory/memory_text.h"
#include "worker/memory/time_words.h"

namespace {

using namespace earshot;
using namespace earshot::bench;
using Stopwatch = std::chrono::steady_clock;

constexpr std::int64_t kNowMs = 1'794'967'200'000;  // 2026-11-18 02:00 in Greenwich
constexpr double kLeastRecall = 0.8;                // below, it ends with code 1
constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;

struct BenchSize {
  int turns = 1'000'000;
  int owners = 50;
  int rounds = 2000;
};

store::MemoryOwner owner(int number) {
  char text[32];
  std::snprintf(text, sizeof text, "02:00:00:00:%02x:%02x", number / 256, number % 256);
  return {*DeviceId::parse(text), "house"};
}

store::WallTime at(std::int64_t ms) {
  return store::WallTime(Milliseconds(ms));
}

std::int32_t greenwich(std::int64_t) {
  return 0;
}

struct Told {
  std::int64_t when = 0;
  std::string said;
};

// What is asked for, evenly over the year; oldest first.
std::vector<Told> told_in_a_year() {
  std::vector<Told> all;
  for (const Tongue tongue : {Tongue::kEnglish, Tongue::kChinese}) {
    for (const Asked& one : asked(tongue)) all.push_back({.when = 0, .said = one.said});
  }
  const auto count = static_cast<std::int64_t>(all.size());
  for (std::int64_t i = 0; i < count; ++i)
    all[static_cast<std::size_t>(i)].when = kNowMs - 365 * kDayMs + (2 * i + 1) * 365 * kDayMs / (2 * count);
  return all;
}

// The turns of a year, evenly to all owners; of the first, what is asked for stands among them, in its time.
void fill(store::sqlite::SqliteStore& store, const BenchSize& size) {
  std::mt19937 random(7);
  const auto keep = static_cast<std::size_t>(size.turns);
  const std::vector<Told> known = told_in_a_year();
  auto next = known.begin();
  for (int i = 0; i < size.turns; ++i) {
    if (i % 10'000 == 0) store.begin();
    const std::int64_t when = kNowMs - 365 * kDayMs + i * (365 * kDayMs / size.turns);
    for (; next != known.end() && next->when <= when; ++next)
      store.memory()->add(owner(0), {.at = at(next->when), .words = next->said, .reply = "ok"}, keep);
    store.memory()->add(owner(i % size.owners),
                        {.at = at(when), .words = small_talk(random), .reply = small_talk(random)}, keep);
    if (i % 10'000 == 9'999 || i + 1 == size.turns) store.commit();
  }
}

// RETURNS: whether it was among the best five.
bool is_found(store::sqlite::SqliteStore& store, const char* question, const char* said) {
  const auto turns = store.memory()->find(owner(0), {.words = question, .limit = 5});
  return std::ranges::any_of(turns, [&](const store::MemoryTurn& turn) { return turn.words == said; });
}

// RETURNS: the worse of the two.
double print_recall(store::sqlite::SqliteStore& store) {
  double worst = 1;
  for (const Tongue tongue : {Tongue::kEnglish, Tongue::kChinese}) {
    int found = 0;
    int questions = 0;
    for (const Asked& one : asked(tongue)) {
      for (const char* question : {one.first, one.second}) {
        ++questions;
        found += is_found(store, question, one.said) ? 1 : 0;
      }
    }
    std::printf("recall@5 %s: %d of %d questions, %.3f\n", tongue == Tongue::kEnglish ? "English" : "Chinese",
                found, questions, static_cast<double>(found) / questions);
    worst = std::min(worst, static_cast<double>(found) / questions);
  }
  return worst;
}

void print_times(const char* what, std::vector<double> ms) {
  std::ranges::sort(ms);
  const auto percentile = [&](double p) {
    return ms[static_cast<std::size_t>(p * static_cast<double>(ms.size() - 1))];
  };
  std::printf("%-44s p50 %8.3f ms   p99 %8.3f ms   most %8.3f ms\n", what, percentile(0.5), percentile(0.99),
              ms.back());
}

std::vector<double> timed(int rounds, const std::function<void(int)>& work) {
  std::vector<double> ms;
  for (int i = 0; i < rounds; ++i) {
    const auto begin = Stopwatch::now();
    work(i);
    ms.push_back(std::chrono::duration<double, std::milli>(Stopwatch::now() - begin).count());
  }
  return ms;
}

std::string question_of(int round) {
  static constexpr const char* kTimes[] = {"",       "yesterday ", "last week ",
                                           "三天前", "上个月",     "on Monday morning "};
  const auto tongue = round % 2 == 0 ? Tongue::kEnglish : Tongue::kChinese;
  const auto all = asked(tongue);
  return std::string(kTimes[round % 6]) + all[static_cast<std::size_t>(round) % all.size()].first;
}

// Of this thread: what a question costs on a machine that has other work as well.
double processor_ms() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

// Time words, look-up and text as for a turn.
void print_questions(store::sqlite::SqliteStore& store, const BenchSize& size) {
  std::vector<double> own;
  std::vector<double> whole;
  std::vector<double> processor;
  for (int i = 0; i < size.rounds; ++i) {
    const std::string question = question_of(i);
    const double processor_begin = processor_ms();
    const auto begin = Stopwatch::now();
    const auto now = worker::local_time_of(kNowMs, greenwich);
    const worker::TimeWords times = worker::time_words(question, now);
    store::MemoryQuery query{.words = times.rest, .limit = 8};
    for (const auto& range : times.ranges)
      query.ranges.push_back(
          {at(worker::unix_ms_of(range.from, greenwich)), at(worker::unix_ms_of(range.until, greenwich))});
    const auto asked_at = Stopwatch::now();
    const auto turns = store.memory()->find(owner(i % size.owners), query);
    const auto found_at = Stopwatch::now();
    worker::Remembered remembered{.asked = times.ranges};
    for (const auto& turn : turns)
      remembered.said.push_back({turn.at.time_since_epoch().count(), turn.words, turn.reply});
    const std::string text = worker::memory_text(remembered, question, now, greenwich);
    const auto end = Stopwatch::now();
    if (text.size() > worker::kMaxMemoryTextBytes) std::abort();
    const auto ms = [](auto time) { return std::chrono::duration<double, std::milli>(time).count(); };
    own.push_back(ms(asked_at - begin) + ms(end - found_at));
    whole.push_back(ms(end - begin));
    processor.push_back(processor_ms() - processor_begin);
  }
  print_times("a question, as a whole", whole);
  print_times("  of it: this process on a processor", processor);
  print_times("  of it: time words and text", own);
}

void print_scan(const std::filesystem::path& file, const BenchSize& size) {
  auto database = store::sqlite::Database::open(file, store::sqlite::Database::Access::kReadOnly);
  const auto scan = [&](int) {
    auto rows = database.query(
        "SELECT at, words FROM memory_turns WHERE owner = 1 AND (words LIKE '%zither%' OR reply LIKE "
        "'%zither%') "
        "ORDER BY at DESC LIMIT 8");
    while (rows.next()) {
    }
  };
  const auto scan_all = [&](int) {
    auto rows = database.query(
        "SELECT count(*) FROM memory_turns WHERE words LIKE '%zither%' OR reply LIKE '%zither%'");
    while (rows.next()) {
    }
  };
  print_times("a plain scan (LIKE) of the owner's turns", timed(std::min(size.rounds, 50), scan));
  print_times("a plain scan (LIKE) of all turns", timed(3, scan_all));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("How long a question of the memory takes, and how often it finds what was said");
  BenchSize size;
  double recall = 0;
  bool quick = false;
  app.add_flag("--quick", quick, "One device's 20,000 turns and few rounds: is it still found?");
  app.add_option("--turns", size.turns, "In the store")->check(CLI::Range(1000, 10'000'000));
  app.add_option("--owners", size.owners, "They are of so many devices")->check(CLI::Range(1, 10'000));
  app.add_option("--rounds", size.rounds, "Questions that are timed")->check(CLI::Range(100, 1'000'000));
  CLI11_PARSE(app, argc, argv);
  if (quick) size = {.turns = 20'000, .owners = 1, .rounds = 100};
  const auto folder =
      std::filesystem::temp_directory_path() / ("earshot-bench-memory-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  {
    const auto store = store::sqlite::SqliteStore::open(folder / "earshot.db");
    const auto begin = Stopwatch::now();
    fill(*store, size);
    const double seconds = std::chrono::duration<double>(Stopwatch::now() - begin).count();
    std::printf("%d turns of %d devices, written in %.0f s, %.0f MB\n", size.turns, size.owners, seconds,
                static_cast<double>(std::filesystem::file_size(folder / "earshot.db")) / 1e6);
    recall = print_recall(*store);
    print_questions(*store, size);
    print_scan(folder / "earshot.db", size);
  }
  std::filesystem::remove_all(folder);
  return recall < kLeastRecall ? 1 : 0;
}
