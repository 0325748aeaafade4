#include "gateway/control/lore/lore_library.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "common/json/json.h"
#include "gateway/control/lore/lore_cutter.h"
#include "gateway/control/lore/lore_entries.h"

namespace earshot::gateway {

namespace {

constexpr std::size_t kStepPassages = 200;  // some milliseconds of the writer's time
constexpr std::chrono::hours kAbandonedAfter{1};

enum class LoreKind { kPlain, kMarkdown, kEntries, kPdf, kUnknown };

bool ends_like(std::string_view title, std::string_view ending) {
  if (title.size() <= ending.size()) return false;
  return std::ranges::equal(title.substr(title.size() - ending.size()), ending, {}, [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
}

LoreKind kind_of(std::string_view title) {
  const auto is_one_of = [&](std::initializer_list<std::string_view> endings) {
    return std::ranges::any_of(endings, [&](std::string_view ending) { return ends_like(title, ending); });
  };
  if (is_one_of({".pdf"})) return LoreKind::kPdf;
  if (is_one_of({".md", ".markdown"})) return LoreKind::kMarkdown;
  if (is_one_of({".yaml", ".yml", ".json"})) return LoreKind::kEntries;
  return is_one_of({".txt", ".text"}) ? LoreKind::kPlain : LoreKind::kUnknown;
}

bool is_text(const std::string& bytes) {
  return bytes.find('\0') == std::string::npos && json::clean_text(bytes, bytes.size()) == bytes;
}

std::string_view without_byte_order_mark(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return text;
}

}  // namespace

struct LoreLibrary::Work {
  store::LoreDocument document;
  LoreKind kind = LoreKind::kPlain;
  std::unique_ptr<LoreCutter> cutter;
  std::vector<store::LorePassage> entries;  // without a cutter
  std::size_t next_entry = 0;
  std::function<void(Result<store::LoreDocument>)> done;

  std::vector<store::LorePassage> next() {
    if (cutter) return cutter->next(kStepPassages);
    const std::size_t end = std::min(entries.size(), next_entry + kStepPassages);
    std::vector<store::LorePassage> some(entries.begin() + static_cast<std::ptrdiff_t>(next_entry),
                                         entries.begin() + static_cast<std::ptrdiff_t>(end));
    next_entry = end;
    return some;
  }
};

LoreLibrary::LoreLibrary(Executor executor, store::StoreProxy& store, const Clock& clock, ReadPdf pdf)
    : executor_(std::move(executor)), store_(store), clock_(clock), pdf_(std::move(pdf)) {}

void LoreLibrary::add(LoreFile file, std::function<void(Result<store::LoreDocument>)> done) {
  const LoreKind kind = kind_of(file.title);
  if (kind == LoreKind::kUnknown)
    return done(Error{ErrorCode::kInvalid,
                      "its name has to end in .txt, .md, .pdf, or (a lore book) .yaml, .yml, .json"});
  if (file.bytes.size() > kMaxFileBytes) return done(Error{ErrorCode::kTooLarge, "the file is too large"});
  if (at_work_ >= kMaxAtWork)
    return done(Error{ErrorCode::kUnavailable, "other documents are being read: try again in a moment"});
  auto work = std::make_shared<Work>();
  work->document = {.agent = std::move(file.agent),
                    .title = std::move(file.title),
                    .size_bytes = file.bytes.size(),
                    .added = std::chrono::floor<Milliseconds>(clock_.wall())};
  work->kind = kind;
  work->done = std::move(done);
  ++at_work_;
  if (kind != LoreKind::kPdf) return take_text(work, std::move(file.bytes));
  pdf_(std::move(file.bytes), [this, work, alive = alive_](Result<std::string> text) {
    if (!*alive) return;
    if (!text) return give_up(work, text.error());
    work->document.size_bytes = std::max<std::uint64_t>(work->document.size_bytes, text->size());
    take_text(work, std::move(*text));
  });
}

void LoreLibrary::take_text(const WorkPtr& work, std::string text) {
  if (!is_text(text)) return give_up(work, {ErrorCode::kInvalid, "it is no text in UTF-8"});
  if (work->kind == LoreKind::kEntries) {
    auto entries = read_lore_entries(without_byte_order_mark(text));
    if (!entries) return give_up(work, entries.error());
    work->entries = std::move(*entries);
  } else {
    work->cutter = std::make_unique<LoreCutter>(
        std::string(without_byte_order_mark(text)),
        work->kind == LoreKind::kMarkdown ? LoreCutter::Kind::kMarkdown : LoreCutter::Kind::kPlain);
  }
  begin(work);
}

void LoreLibrary::begin(const WorkPtr& work) {
  store_.write(
      executor_,
      [document = work->document](store::Store& store) {
        if (store.lore() == nullptr)
          throw store::StoreError(ErrorCode::kNotFound, "this store has no documents");
        const store::LoreUse use = store.lore()->use(document.agent);
        if (use.documents >= kMaxDocuments)
          throw store::StoreError(ErrorCode::kTooLarge, "the agent has too many documents");
        if (use.bytes + document.size_bytes > kMaxAgentBytes)
          throw store::StoreError(ErrorCode::kTooLarge, "the agent's documents are too large together");
        if (use.all_bytes + document.size_bytes > kMaxAllBytes)
          throw store::StoreError(ErrorCode::kTooLarge, "the documents of all agents are too large together");
        return store.lore()->begin(document);
      },
      [this, work, alive = alive_](const Result<std::uint64_t>& id) {
        if (!*alive) return;
        if (!id) return give_up(work, id.error());
        work->document.id = *id;
        step(work);
      });
}

void LoreLibrary::step(const WorkPtr& work) {
  std::vector<store::LorePassage> passages = work->next();
  if (passages.empty()) return finish(work);
  work->document.passages += passages.size();
  store_.write(
      executor_,
      [id = work->document.id, passages = std::move(passages)](store::Store& store) {
        store.lore()->add(id, passages);
      },
      [this, work, alive = alive_](const Status& written) {
        if (!*alive) return;
        written ? step(work) : give_up(work, written.error());
      });
}

void LoreLibrary::finish(const WorkPtr& work) {
  if (work->document.passages == 0) return give_up(work, {ErrorCode::kInvalid, "there is no text in it"});
  store_.write(
      executor_, [id = work->document.id](store::Store& store) { return store.lore()->finish(id); },
      [this, work, alive = alive_](const Result<bool>& finished) {
        if (!*alive) return;
        if (!finished) return give_up(work, finished.error());
        if (!*finished) return give_up(work, {ErrorCode::kUnavailable, "it took too long"});
        --at_work_;
        work->done(work->document);
        sweep();
      });
}

void LoreLibrary::give_up(const WorkPtr& work, const Error& error) {
  --at_work_;
  if (work->document.id != 0)
    store_.write([id = work->document.id](store::Store& store) { store.lore()->give_up(id); });
  work->done(error);
  sweep();
}

void LoreLibrary::list(std::string agent,
                       std::function<void(Result<std::vector<store::LoreDocument>>)> done) {
  store_.read(
      executor_,
      [agent = std::move(agent)](store::Store& store) {
        return store.lore() == nullptr ? std::vector<store::LoreDocument>() : store.lore()->list(agent);
      },
      std::move(done));
}

void LoreLibrary::remove(std::string agent, std::string title, std::function<void(Status)> done) {
  store_.write(
      executor_,
      [agent = std::move(agent), title = std::move(title)](store::Store& store) {
        return store.lore() != nullptr && store.lore()->remove(agent, title);
      },
      [this, done = std::move(done), alive = alive_](const Result<bool>& removed) {
        if (!*alive) return;
        if (!removed) return done(removed.error());
        if (!*removed) return done(Error{ErrorCode::kNotFound, "no such document"});
        done(kDone);
        sweep();
      });
}

void LoreLibrary::sweep() {
  if (std::exchange(sweeping_, true)) return;
  const auto time = std::chrono::floor<Milliseconds>(clock_.wall()) - kAbandonedAfter;
  store_.write(
      executor_,
      [time](store::Store& store) {
        return store.lore() != nullptr && store.lore()->sweep(time, kStepPassages);
      },
      [this, alive = alive_](const Result<bool>& more) {
        if (!*alive) return;
        sweeping_ = false;
        if (more && *more) sweep();
      });
}

}  // namespace earshot::gateway
