#include "worker/http_tools/http_tools.h"

#include <utility>

#include "worker/http_tools/value_template.h"

namespace earshot::worker {

namespace {

constexpr int kMostRedirects = 3;
constexpr Milliseconds kMostConnecting{5'000};

// One call: perhaps a look-up, then the request. Destroying it ends it.
class HttpRun final : public OutsideRun {
 public:
  HttpRun(asio::io_context& io, HttpClient& http, const HttpToolSettings& tool, json::object arguments,
          std::shared_ptr<std::size_t> runs, std::function<void(OutsideAnswer)> done)
      : io_(io),
        http_(http),
        tool_(tool),
        values_(std::move(arguments)),
        runs_(std::move(runs)),
        done_(std::move(done)),
        began_(std::chrono::steady_clock::now()),
        alive_(std::make_shared<HttpRun*>(this)) {
    ++*runs_;
  }
  HttpRun(const HttpRun&) = delete;
  HttpRun& operator=(const HttpRun&) = delete;
  ~HttpRun() override {
    --*runs_;
    *alive_ = nullptr;
  }

  void begin() {
    for (const auto& [name, value] : tool_.defaults) {
      if (!values_.contains(name)) values_[name] = value;
    }
    if (tool_.lookup.url.empty()) return ask();
    const auto url = fill_url(tool_.lookup.url, finder());
    if (!url) return fail_later(url.error());
    HttpCall call;
    call.method = "GET";
    call.url = *url;
    if (auto headers = filled_headers(); headers) {
      call.headers = std::move(*headers);
    } else {
      return fail_later(headers.error());
    }
    send(std::move(call), [this] { take_looked_up(); });
  }

 private:
  FindValue finder() const {
    return [this](std::string_view name) -> const json::value* {
      if (name == kSecretName) return &secret_;
      return values_.if_contains(name);
    };
  }

  Result<std::vector<std::pair<std::string, std::string>>> filled_headers() const {
    std::vector<std::pair<std::string, std::string>> headers;
    for (const auto& [name, value] : tool_.headers) {
      auto filled = fill_template(value, TemplatePlace::kHeader, finder());
      if (!filled) return filled.error();
      headers.emplace_back(name, std::move(*filled));
    }
    return headers;
  }

  void take_looked_up() {
    const auto found = json::parse_value(body_, tool_.max_bytes);
    if (!found) return answer(Error{ErrorCode::kInvalid, "the service's answer is not JSON"});
    for (const auto& [name, pointer] : tool_.lookup.take) {
      const json::value* value = find_pointer(*found, pointer);
      if (value == nullptr) return answer(Error{ErrorCode::kNotFound, "the service knows nothing of that"});
      values_[name] = *value;
    }
    ask();
  }

  void ask() {
    HttpCall call;
    call.method = tool_.method;
    const auto url = fill_url(tool_.url, finder());
    auto headers = filled_headers();
    const bool is_json = tool_.body_type.find("json") != std::string::npos;
    const bool is_form = tool_.body_type.find("urlencoded") != std::string::npos;
    auto body = fill_template(tool_.body,
                              is_json   ? TemplatePlace::kJson
                              : is_form ? TemplatePlace::kUrl
                                        : TemplatePlace::kText,
                              finder());
    if (!url) return fail_later(url.error());
    if (!headers) return fail_later(headers.error());
    call.url = *url;
    call.headers = std::move(*headers);
    call.body = std::move(*body);
    if (!tool_.body_type.empty()) call.headers.emplace_back("Content-Type", tool_.body_type);
    send(std::move(call), [this] {
      auto text = answer_text(tool_.answer, body_, HttpTools::kMaxResultBytes);
      answer(std::move(text));
    });
  }

  void send(HttpCall call, std::function<void()> next) {
    const auto spent = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - began_);
    const Milliseconds left = std::max(Milliseconds(1), tool_.timeout - spent);
    call.deadlines = {
        .connect = std::min(left, kMostConnecting), .first_byte = left, .stall = left, .total = left};
    call.max_bytes = tool_.max_bytes;
    // Where an answer sends us, a secret would go as well.
    call.redirects = tool_.secret.empty() ? kMostRedirects : 0;
    body_.clear();
    // The one before may be inside its own callback: it dies when that has returned.
    if (stream_) asio::post(io_, [last = std::shared_ptr<HttpStream>(std::move(stream_))] {});
    stream_ = http_.start(std::move(call),
                          {.on_head = nullptr,
                           .on_data = [this](std::string_view piece) { body_ += piece; },
                           .on_done =
                               [this, next = std::move(next)](const Result<HttpHead>& outcome) {
                                 if (!outcome) return answer(outcome.error());
                                 if (outcome->status >= 200 && outcome->status <= 299) return next();
                                 const bool moved = outcome->status >= 300 && outcome->status <= 399;
                                 answer(Error{code_of_status(outcome->status),
                                              moved ? "the service has moved to another address"
                                                    : describe_status(outcome->status)});
                               }});
  }

  void fail_later(const Error& why) {
    asio::post(io_, [alive = alive_, why] {
      if (*alive != nullptr) (*alive)->answer(why);
    });
  }

  // It may destroy this.
  void answer(Result<std::string> text) {
    if (const auto done = std::exchange(done_, nullptr))
      done({.text = std::move(text), .speak = tool_.speak});
  }

  asio::io_context& io_;
  HttpClient& http_;
  const HttpToolSettings& tool_;
  json::object values_;
  json::value secret_ = json::value(std::string(tool_.secret.reveal()));
  std::shared_ptr<std::size_t> runs_;
  std::function<void(OutsideAnswer)> done_;
  std::chrono::steady_clock::time_point began_;
  std::string body_;
  std::unique_ptr<HttpStream> stream_;
  std::shared_ptr<HttpRun*> alive_;
};

// A call that is refused.
class RefusedRun final : public OutsideRun {
 public:
  RefusedRun(asio::io_context& io, std::string why, std::function<void(OutsideAnswer)> done) {
    asio::post(io, [given_up = given_up_, why = std::move(why), done = std::move(done)] {
      if (!*given_up) done({.text = Error{ErrorCode::kUnavailable, why}});
    });
  }
  RefusedRun(const RefusedRun&) = delete;
  RefusedRun& operator=(const RefusedRun&) = delete;
  ~RefusedRun() override { *given_up_ = true; }

 private:
  std::shared_ptr<bool> given_up_ = std::make_shared<bool>(false);
};

}  // namespace

HttpTools::HttpTools(asio::io_context& io, std::vector<HttpToolSettings> tools)
    : io_(io), public_(io, HttpReach::kPublic), anybody_(io) {
  auto specs = std::make_shared<std::vector<ToolSpec>>();
  for (HttpToolSettings& tool : tools) {
    specs->push_back({.name = tool.name, .description = tool.description, .input_schema = tool.input_schema});
    const std::string name = tool.name;
    tools_.emplace(name, std::move(tool));
  }
  specs_ = std::move(specs);
}

HttpTools::~HttpTools() = default;

std::unique_ptr<OutsideRun> HttpTools::run(const std::string& name, json::object arguments,
                                           std::function<void(OutsideAnswer)> done) {
  const auto tool = tools_.find(name);
  if (tool == tools_.end())
    return std::make_unique<RefusedRun>(io_, "there is no such tool", std::move(done));
  if (*runs_ >= kMaxRuns)
    return std::make_unique<RefusedRun>(io_, "too many tools ask the web at once", std::move(done));
  auto run = std::make_unique<HttpRun>(io_, tool->second.allow_private ? anybody_ : public_, tool->second,
                                       std::move(arguments), runs_, std::move(done));
  run->begin();
  return run;
}

}  // namespace earshot::worker
