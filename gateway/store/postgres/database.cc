#include "gateway/store/postgres/database.h"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

#include "gateway/store/postgres/statement.h"
#include "gateway/store/postgres/text_escape.h"

namespace earshot::store::postgres {

namespace {

constexpr Oid kByteaOid = 17;  // pg_type.dat
constexpr int kBinary = 1;

// The first line of what libpq says, without its line end.
std::string first_line(const char* text) {
  std::string_view line(text == nullptr ? "" : text);
  line = line.substr(0, line.find('\n'));
  return std::string(line.empty() ? "no reason given" : line);
}

std::string_view sqlstate_of(const pg_result* result) {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  return state == nullptr ? std::string_view() : std::string_view(state);
}

std::string message_of(const pg_result* result) {
  const char* primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  return first_line(primary != nullptr ? primary : PQresultErrorMessage(result));
}

int milliseconds_until(SteadyTime deadline, SteadyTime now) {
  return static_cast<int>(std::max<std::int64_t>(0, std::chrono::ceil<Milliseconds>(deadline - now).count()));
}

// It would write to our stderr.
void ignore_notice(void*, const pg_result*) {}

}  // namespace

void Parameters::add_null() {
  values_.push_back({.bytes = {}, .is_null = true});
}

void Parameters::add_integer(std::int64_t value) {
  values_.push_back({.bytes = std::to_string(value)});
}

void Parameters::add_text(std::string_view value) {
  values_.push_back({.bytes = escape_text(value)});
}

void Parameters::add_bytes(std::string_view value) {
  values_.push_back({.bytes = std::string(value), .is_binary = true});
}

void Rows::Clearer::operator()(pg_result* result) const {
  PQclear(result);
}

bool Rows::next() {
  return ++row_ < PQntuples(result_.get());
}

bool Rows::is_null(int column) const {
  return PQgetisnull(result_.get(), row_, column) != 0;
}

// Big-endian, as wide as its type.
std::int64_t Rows::integer(int column) const {
  const std::string_view bytes = view(column);
  if (bytes.empty()) return 0;
  std::uint64_t value = (static_cast<unsigned char>(bytes[0]) & 0x80U) != 0 ? ~std::uint64_t{0} : 0;
  for (const char byte : bytes) value = value << 8U | static_cast<unsigned char>(byte);
  return static_cast<std::int64_t>(value);
}

std::string_view Rows::view(int column) const {
  return {PQgetvalue(result_.get(), row_, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row_, column))};
}

std::string Rows::text(int column) const {
  if (PQftype(result_.get(), column) == kByteaOid) return std::string(view(column));
  return unescape_text(view(column));
}

std::size_t Rows::changed() const {
  return static_cast<std::size_t>(std::strtoull(PQcmdTuples(result_.get()), nullptr, 10));
}

std::string_view Rows::command() const {
  return PQcmdStatus(result_.get());
}

void Database::Closer::operator()(pg_conn* connection) const {
  PQfinish(connection);
}

void Database::connect() {
  prepared_.clear();
  connection_.reset();
  trouble_ = Trouble::kAway;
  const auto seconds = std::max<std::int64_t>(
      2, std::chrono::ceil<std::chrono::seconds>(settings_.connect_timeout).count());  // libpq's least
  const std::string timeout = std::to_string(seconds);
  const std::string unanswered = std::to_string((settings_.statement_timeout + Settings::kGrace).count());
  const std::string password(settings_.password.reveal());
  // What stands before the URL is a default that it may change; what stands behind it is not.
  std::vector<const char*> keys{
      "connect_timeout",  "target_session_attrs", "keepalives_idle", "keepalives_interval",
      "keepalives_count", "tcp_user_timeout",     "dbname",          "client_encoding",
      "application_name"};
  const std::string application = "earshot " + settings_.gateway;
  std::vector<const char*> values{
      timeout.c_str(), "read-write",       "5", "3", "3", unanswered.c_str(), settings_.url.c_str(),
      "UTF8",          application.c_str()};
  if (!password.empty()) {
    keys.push_back("password");
    values.push_back(password.c_str());
  }
  keys.push_back(nullptr);
  values.push_back(nullptr);
  connection_.reset(PQconnectdbParams(keys.data(), values.data(), 1));
  if (connection_ == nullptr || PQstatus(connection_.get()) != CONNECTION_OK) {
    const std::string why = first_line(PQerrorMessage(connection_.get()));
    connection_.reset();
    throw StoreError(ErrorCode::kUnavailable, "the database cannot be reached: " + why);
  }
  PQsetNoticeReceiver(connection_.get(), ignore_notice, nullptr);
  if (PQsetnonblocking(connection_.get(), 1) != 0) lose("no memory");
  if (const char* encoding = PQparameterStatus(connection_.get(), "server_encoding");
      encoding == nullptr || std::string_view(encoding) != "UTF8") {
    connection_.reset();
    trouble_ = Trouble::kNone;
    throw StoreError(ErrorCode::kInvalid,
                     "the database's encoding must be UTF8 (CREATE DATABASE ... ENCODING 'UTF8')");
  }
  // A gateway that was stopped in a transaction must not hold up the others for ever.
  script("SET statement_timeout = " + std::to_string(settings_.statement_timeout.count()) +
         "; SET lock_timeout = 3000; SET idle_in_transaction_session_timeout = 15000; "
         "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;");
  trouble_ = Trouble::kNone;
}

Rows Database::execute(Sql sql, const Parameters& parameters) {
  const std::string& name = prepared(sql);
  std::vector<const char*> values;
  std::vector<int> lengths;
  std::vector<int> formats;
  for (const Parameters::Value& value : parameters.values_) {
    values.push_back(value.is_null ? nullptr : value.bytes.c_str());
    lengths.push_back(static_cast<int>(value.bytes.size()));
    formats.push_back(value.is_binary ? kBinary : 0);
  }
  return finish(PQsendQueryPrepared(connection_.get(), name.c_str(), static_cast<int>(values.size()),
                                    values.data(), lengths.data(), formats.data(), kBinary) == 1);
}

Rows Database::script(const std::string& text) {
  if (!connected()) lose("not connected");
  return finish(PQsendQuery(connection_.get(), text.c_str()) == 1);
}

bool Database::in_transaction() const {
  if (!connected()) return false;
  const auto status = PQtransactionStatus(connection_.get());
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE;
}

int Database::socket() const {
  return connected() ? PQsocket(connection_.get()) : -1;
}

std::vector<Notification> Database::notifications() {
  if (!connected() || PQconsumeInput(connection_.get()) == 0) lose("the connection broke");
  std::vector<Notification> all;
  while (PGnotify* told = PQnotifies(connection_.get())) {
    all.push_back({.channel = told->relname, .payload = told->extra});
    PQfreemem(told);
  }
  return all;
}

const std::string& Database::prepared(Sql sql) {
  if (!connected()) lose("not connected");
  const auto found = prepared_.find(sql.text().data());
  if (found != prepared_.end()) return found->second;
  const std::string name = "s" + std::to_string(prepared_.size());
  finish(PQsendPrepare(connection_.get(), name.c_str(), numbered(sql.text()).c_str(), 0, nullptr) == 1);
  return prepared_.emplace(sql.text().data(), name).first->second;
}

// The answer to what was sent: of several statements the last one's, or the first failure.
Rows Database::finish(bool sent) {
  if (!sent) lose(first_line(PQerrorMessage(connection_.get())));
  trouble_ = Trouble::kNone;
  const SteadyTime deadline = clock_.now() + settings_.statement_timeout + Settings::kGrace;
  while (true) {
    const int left = PQflush(connection_.get());
    if (left < 0) lose(first_line(PQerrorMessage(connection_.get())));
    if (left == 0) break;
    wait(true, deadline);
  }
  std::unique_ptr<pg_result, Rows::Clearer> last;
  std::unique_ptr<pg_result, Rows::Clearer> failed;
  while (true) {
    while (PQisBusy(connection_.get()) != 0) wait(false, deadline);
    std::unique_ptr<pg_result, Rows::Clearer> result(PQgetResult(connection_.get()));
    if (result == nullptr) break;
    const auto status = PQresultStatus(result.get());
    const bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
    if (!good && failed == nullptr) failed = std::move(result);
    if (good) last = std::move(result);
  }
  if (failed != nullptr) return checked(failed.release());
  if (last == nullptr) lose("the connection broke");
  return Rows(last.release());
}

// Reads what comes, too: a server that is being read from goes on reading.
void Database::wait(bool for_writing, SteadyTime deadline) {
  const int left = milliseconds_until(deadline, clock_.now());
  if (left == 0) lose("the server does not answer");
  pollfd waited{.fd = PQsocket(connection_.get()),
                .events = static_cast<short>(POLLIN | (for_writing ? POLLOUT : 0)),
                .revents = 0};
  const int ready = ::poll(&waited, 1, left);
  if (ready < 0 && errno != EINTR) lose("the connection broke");
  if (ready > 0 && (waited.revents & ~POLLOUT) != 0 && PQconsumeInput(connection_.get()) == 0) {
    lose(first_line(PQerrorMessage(connection_.get())));
  }
}

// RETURNS: the rows of a good result. Owns it either way.
Rows Database::checked(pg_result* result) {
  Rows rows(result);
  const auto status = PQresultStatus(result);
  if (status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE || status == PGRES_COMMAND_OK) return rows;
  const std::string why = message_of(result);
  const Fault fault = fault_of(sqlstate_of(result));
  if (fault.trouble == Trouble::kAway || PQstatus(connection_.get()) != CONNECTION_OK) lose(why);
  trouble_ = fault.trouble;
  throw StoreError(fault.code, "the database refused: " + why);
}

void Database::begin_rows(Sql sql) {
  const std::string& name = prepared(sql);
  trouble_ = Trouble::kNone;
  if (PQsendQueryPrepared(connection_.get(), name.c_str(), 0, nullptr, nullptr, nullptr, kBinary) != 1 ||
      PQsetSingleRowMode(connection_.get()) != 1) {
    lose(first_line(PQerrorMessage(connection_.get())));
  }
  const SteadyTime deadline = clock_.now() + settings_.statement_timeout + Settings::kGrace;
  while (PQflush(connection_.get()) == 1) wait(true, deadline);
}

// One row, or none at the end.
Rows Database::next_rows() {
  const SteadyTime deadline = clock_.now() + settings_.statement_timeout + Settings::kGrace;
  while (PQisBusy(connection_.get()) != 0) wait(false, deadline);
  Rows rows = checked(PQgetResult(connection_.get()));
  if (PQresultStatus(rows.result_.get()) != PGRES_SINGLE_TUPLE) {
    while (pg_result* rest = PQgetResult(connection_.get())) PQclear(rest);
  }
  return rows;
}

void Database::lose(const std::string& why) {
  connection_.reset();
  prepared_.clear();
  trouble_ = Trouble::kAway;
  throw StoreError(ErrorCode::kUnavailable, "the database cannot be reached: " + why);
}

}  // namespace earshot::store::postgres
