#include "worker/providers/tts/edge_frames.h"

#include <ctime>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "common/base/sha256.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxSsmlTextBytes = 4096;  // what one request takes
constexpr std::int64_t kSecondsFrom1601To1970 = 11'644'473'600;
constexpr std::int64_t kTokenWindowSeconds = 300;
constexpr std::int64_t kTicksPerSecond = 10'000'000;
constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string signed_text(int value, const char* unit) {
  return (value < 0 ? "" : "+") + std::to_string(value) + unit;
}

// The value of the header `name` among header lines; a line ends with CR LF or LF.
std::string_view header_value(std::string_view headers, std::string_view name) {
  while (!headers.empty()) {
    const auto end = headers.find('\n');
    std::string_view line = headers.substr(0, end);
    headers = end == std::string_view::npos ? std::string_view() : headers.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != ':') continue;
    line.remove_prefix(name.size() + 1);
    while (line.starts_with(' ')) line.remove_prefix(1);
    return line;
  }
  return {};
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string edge_token(WallTime now) {
  std::int64_t seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count() +
                         kSecondsFrom1601To1970;
  seconds -= seconds % kTokenWindowSeconds;
  const std::string input = std::to_string(seconds * kTicksPerSecond) + std::string(kEdgeClientToken);
  std::string token = to_hex(sha256(as_bytes(input)));
  std::transform(token.begin(), token.end(), token.begin(),
                 [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c; });
  return token;
}

std::string edge_date(WallTime now) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  // Not strftime(): names of days and months must not depend on the locale.
  std::array<char, 96> text{};
  std::snprintf(text.data(), text.size(),
                "%s %s %02d %04d %02d:%02d:%02d GMT+0000 (Coordinated Universal Time)",
                kDays[static_cast<std::size_t>(utc.tm_wday)], kMonths[static_cast<std::size_t>(utc.tm_mon)],
                utc.tm_mday, utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
  return text.data();
}

std::optional<WallTime> parse_http_date(std::string_view date) {
  // "Wed, 01 Jan 2025 00:00:00 GMT": day at 5, month at 8, year at 12, time at 17.
  if (date.size() != 29 || !date.ends_with(" GMT")) return std::nullopt;
  const auto month = std::find(kMonths.begin(), kMonths.end(), date.substr(8, 3));
  const auto day = number(date.substr(5, 2));
  const auto year = number(date.substr(12, 4));
  const auto hour = number(date.substr(17, 2));
  const auto minute = number(date.substr(20, 2));
  const auto second = number(date.substr(23, 2));
  if (month == kMonths.end() || !day || !year || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day calendar{
      std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(month - kMonths.begin() + 1)),
      std::chrono::day(static_cast<unsigned>(*day))};
  const bool sane = calendar.ok() && *year >= 1970 && *hour >= 0 && *hour < 24 && *minute >= 0 &&
                    *minute < 60 && *second >= 0 && *second < 61;
  if (!sane) return std::nullopt;
  return std::chrono::sys_days(calendar) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second);
}

std::string edge_config_message(WallTime now) {
  return "X-Timestamp:" + edge_date(now) +
         "\r\nContent-Type:application/json; charset=utf-8\r\nPath:speech.config\r\n\r\n"
         R"({"context":{"synthesis":{"audio":{"metadataoptions":{"sentenceBoundaryEnabled":"true",)"
         R"("wordBoundaryEnabled":"false"},"outputFormat":"audio-24khz-48kbitrate-mono-mp3"}}}})"
         "\r\n";
}

std::string edge_ssml_message(const EdgeVoice& voice, std::string_view text, const std::string& request_id,
                              WallTime now) {
  return "X-RequestId:" + request_id +
         "\r\nContent-Type:application/ssml+xml\r\nX-Timestamp:" + edge_date(now) +
         "Z\r\nPath:ssml\r\n\r\n"
         "<speak version='1.0' xmlns='http://www.w3.org/2001/10/synthesis' xml:lang='en-US'><voice name='" +
         edge_escape(edge_voice_name(voice.name)) + "'><prosody pitch='" + signed_text(voice.pitch_hz, "Hz") +
         "' rate='" + signed_text(voice.rate_percent, "%") + "' volume='" +
         signed_text(voice.volume_percent, "%") + "'>" + edge_escape(text) + "</prosody></voice></speak>";
}

std::string edge_escape(std::string_view text) {
  std::string escaped;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t bytes = 1;
    while (at + bytes < text.size() && (static_cast<unsigned char>(text[at + bytes]) & 0xC0) == 0x80) ++bytes;
    std::string_view piece = text.substr(at, bytes);
    const auto first = static_cast<unsigned char>(piece[0]);
    // XML 1.0 2.2 knows no control characters but these three.
    if (first < 0x20 && first != '\t' && first != '\n' && first != '\r') piece = " ";
    if (piece == "&") piece = "&amp;";
    if (piece == "<") piece = "&lt;";
    if (piece == ">") piece = "&gt;";
    if (piece == "'") piece = "&apos;";
    if (escaped.size() + piece.size() > kMaxSsmlTextBytes) break;
    escaped += piece;
    at += bytes;
  }
  return escaped;
}

std::string edge_voice_name(const std::string& name) {
  // language-REGION[-area]-Voice
  const auto last = name.rfind('-');
  if (last == std::string::npos || std::count(name.begin(), name.end(), '-') < 2 ||
      name.find(' ') != name.npos)
    return name;
  return "Microsoft Server Speech Text to Speech Voice (" + name.substr(0, last) + ", " +
         name.substr(last + 1) + ")";
}

std::string_view edge_path(std::string_view message) {
  return header_value(message.substr(0, message.find("\r\n\r\n")), "Path");
}

ByteView edge_audio(ByteView message) {
  if (message.size() < 2) return {};
  const std::size_t header_bytes = load_be16(message.data());
  if (message.size() - 2 < header_bytes) return {};
  const std::string_view headers = as_text(message.subspan(2, header_bytes));
  if (header_value(headers, "Path") != "audio" || header_value(headers, "Content-Type").empty()) return {};
  return message.subspan(2 + header_bytes);
}

}  // namespace earshot::worker
