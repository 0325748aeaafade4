#include "worker/spoken_text/formula_words.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "worker/spoken_text/characters.h"

namespace earshot::worker {

namespace {

// In the order of Tongue: English, Chinese, Japanese, German, Spanish, French, Korean.
using Words = std::array<std::string_view, kTongues>;

struct Command {
  std::string_view name;
  Words words;
};
constexpr Words kTimes{"times", "乘以", "かける", "mal", "por", "fois", "곱하기"};
constexpr Words kAtMost{"less than or equal to", "小于等于", "以下", "kleiner gleich", "menor o igual que",
                        "inférieur ou égal à",   "이하"};
constexpr Words kAtLeast{"greater than or equal to", "大于等于", "以上", "größer gleich", "mayor o igual que",
                         "supérieur ou égal à",      "이상"};
constexpr Words kUnequal{"not equal to", "不等于",       "ノットイコール", "ungleich",
                         "distinto de",  "différent de", "같지 않음"};
constexpr Words kTowards{"to", "趋于", "→", "gegen", "a", "vers", "→"};
constexpr auto kCommands = std::to_array<Command>({
    {"times", kTimes},
    {"cdot", kTimes},
    {"div", {"divided by", "除以", "わる", "geteilt durch", "entre", "divisé par", "나누기"}},
    {"pm",
     {"plus or minus", "正负", "プラスマイナス", "plus minus", "más menos", "plus ou moins",
      "플러스 마이너스"}},
    {"leq", kAtMost},
    {"le", kAtMost},
    {"geq", kAtLeast},
    {"ge", kAtLeast},
    {"neq", kUnequal},
    {"ne", kUnequal},
    {"approx", {"approximately", "约等于", "ほぼ", "ungefähr", "aproximadamente", "environ", "약"}},
    {"infty", {"infinity", "无穷大", "無限大", "unendlich", "infinito", "l'infini", "무한대"}},
    {"to", kTowards},
    {"rightarrow", kTowards},
    {"circ", {"degrees", "度", "度", "Grad", "grados", "degrés", "도"}},
    {"sum", {"the sum", "求和", "総和", "Summe", "la suma", "la somme", "합"}},
    {"int", {"the integral", "积分", "積分", "Integral", "la integral", "l'intégrale", "적분"}},
    {"ldots", {"and so on", "等等", "など", "und so weiter", "etcétera", "et cetera", "등등"}},
    {"dots", {"and so on", "等等", "など", "und so weiter", "etcétera", "et cetera", "등등"}},
});

struct Letter {
  std::string_view name;  // of the command; a capital letter begins with one
  std::string_view small;
  std::string_view great;  // empty: the Latin one is written
};
constexpr auto kLetters = std::to_array<Letter>({
    {"alpha", "α", ""},   {"beta", "β", ""},   {"gamma", "γ", "Γ"}, {"delta", "δ", "Δ"}, {"epsilon", "ε", ""},
    {"zeta", "ζ", ""},    {"eta", "η", ""},    {"theta", "θ", "Θ"}, {"iota", "ι", ""},   {"kappa", "κ", ""},
    {"lambda", "λ", "Λ"}, {"mu", "μ", ""},     {"nu", "ν", ""},     {"xi", "ξ", "Ξ"},    {"pi", "π", "Π"},
    {"rho", "ρ", ""},     {"sigma", "σ", "Σ"}, {"tau", "τ", ""},    {"phi", "φ", "Φ"},   {"chi", "χ", ""},
    {"psi", "ψ", "Ψ"},    {"omega", "ω", "Ω"},
});
// What such a command holds in braces is said as it stands.
constexpr auto kStyles =
    std::to_array<std::string_view>({"text", "mathrm", "mathbf", "mathit", "mathbb", "textbf", "textit",
                                     "operatorname", "vec", "hat", "bar", "overline", "boxed"});
// They shape the formula, and mean nothing.
constexpr auto kSilent = std::to_array<std::string_view>(
    {"left", "right", "big", "Big", "bigl", "bigr", "quad", "qquad", "displaystyle", "limits"});
// They are words already.
constexpr auto kFunctions =
    std::to_array<std::string_view>({"sin", "cos", "tan", "log", "ln", "exp", "lim", "min", "max"});

// {0} and {1} are its parts.
constexpr Words kFraction{"{0} over {1}",  "{1}分之{0}",  "{1}分の{0}", "{0} durch {1}",
                          "{0} sobre {1}", "{0} sur {1}", "{1}분의 {0}"};
constexpr Words kRoot{
    "the square root of {0}", "根号{0}", "ルート{0}", "Wurzel aus {0}", "raíz cuadrada de {0}",
    "racine carrée de {0}",   "루트 {0}"};
constexpr Words kCubeRoot{"the cube root of {0}",  "{0}的立方根",        "{0}の3乗根",
                          "dritte Wurzel aus {0}", "raíz cúbica de {0}", "racine cubique de {0}",
                          "{0}의 세제곱근"};
constexpr Words kNthRoot{
    "the {1}th root of {0}",     "{0}的{1}次方根",         "{0}の{1}乗根",   "{1}-te Wurzel aus {0}",
    "raíz de índice {1} de {0}", "racine {1}-ième de {0}", "{0}의 {1}제곱근"};
constexpr Words kSquared{"{0} squared",     "{0}的平方",    "{0}の2乗",  "{0} hoch zwei",
                         "{0} al cuadrado", "{0} au carré", "{0}의 제곱"};
constexpr Words kCubed{"{0} cubed",   "{0}的立方",   "{0}の3乗",    "{0} hoch drei",
                       "{0} al cubo", "{0} au cube", "{0}의 세제곱"};
constexpr Words kPower{"{0} to the power of {1}", "{0}的{1}次方",      "{0}の{1}乗",   "{0} hoch {1}",
                       "{0} elevado a {1}",       "{0} puissance {1}", "{0}의 {1}제곱"};

bool is_ascii_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string_view letters_at(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && is_ascii_letter(text[end])) ++end;
  return text.substr(0, end);
}

template <std::size_t Size>
bool is_among(const std::array<std::string_view, Size>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

const Command* command_called(std::string_view name) {
  const auto found = std::ranges::find(kCommands, name, &Command::name);
  return found == kCommands.end() ? nullptr : &*found;
}

// In writing with blanks its name, else the sign, which those voices know.
std::string letter_called(std::string_view name, Tongue tongue) {
  for (const Letter& letter : kLetters) {
    const bool small = name == letter.name;
    const bool great = !small && !letter.great.empty() && name.size() == letter.name.size() &&
                       name.substr(1) == letter.name.substr(1) && name[0] == letter.name[0] - 'a' + 'A';
    if (!small && !great) continue;
    if (is_east_asian(tongue)) return std::string(small ? letter.small : letter.great);
    return std::string(letter.name);
  }
  return {};
}

bool is_known(std::string_view name, Tongue tongue) {
  return name == "frac" || name == "dfrac" || name == "tfrac" || name == "sqrt" ||
         command_called(name) != nullptr || is_among(kStyles, name) || is_among(kFunctions, name) ||
         !letter_called(name, tongue).empty();
}

std::string filled(std::string_view shape, std::string_view first, std::string_view second) {
  std::string out;
  for (std::size_t i = 0; i < shape.size();) {
    if (shape.substr(i).starts_with("{0}") || shape.substr(i).starts_with("{1}")) {
      out += shape[i + 1] == '0' ? first : second;
      i += 3;
    } else {
      out += shape[i++];
    }
  }
  return out;
}

class FormulaReader {
 public:
  FormulaReader(Tongue tongue, bool formula, int depth) : tongue_(tongue), formula_(formula), depth_(depth) {}

  std::string read(std::string_view text) {
    while (!text.empty()) text.remove_prefix(step(text));
    return std::move(out_);
  }

 private:
  // RETURNS: bytes read, at least 1.
  std::size_t step(std::string_view text) {
    const char c = text[0];
    if (c == '$') {
      if (const std::size_t bytes = dollars(text); bytes > 0) return bytes;
    } else if (c == '\\') {
      if (const std::size_t bytes = backslash(text); bytes > 0) return bytes;
    } else if (c == '^') {
      if (const std::size_t bytes = power(text); bytes > 0) return bytes;
    } else if (formula_ && (c == '{' || c == '}')) {
      return 1;
    } else if (formula_ && c == '_') {
      space();
      return 1;
    }
    const Character one = character_at(text, 0);
    const bool touches = said_ == out_.size() && said_ > 0 && !joins_words(tongue_);
    if (touches && is_word_character(one.code)) out_ += ' ';
    out_ += text.substr(0, one.bytes);
    return one.bytes;
  }

  // "$x$" or "$$x$$", by Pandoc's rule: no blank inside of either mark, no digit behind the second. What begins with a
  // digit is money unless it has a sign of TeX.
  std::size_t dollars(std::string_view text) {
    const std::size_t marks = text.starts_with("$$") ? 2 : 1;
    const std::size_t end = text.find(text.substr(0, marks), marks);
    if (end == std::string_view::npos || end == marks) return 0;
    const std::string_view inner = text.substr(marks, end - marks);
    const std::size_t bytes = end + marks;
    const bool digit_behind = bytes < text.size() && text[bytes] >= '0' && text[bytes] <= '9';
    const bool tight = marks == 2 || (inner.front() != ' ' && inner.back() != ' ' && !digit_behind);
    const bool money = inner.front() >= '0' && inner.front() <= '9' &&
                       inner.find_first_of("\\^_=") == std::string_view::npos;
    if (!tight || money) return 0;
    out_ += inside(inner);
    return bytes;
  }

  std::size_t backslash(std::string_view text) {
    const std::string_view name = letters_at(text.substr(1));
    if (name.empty()) {
      if (!formula_ || text.size() < 2) return 0;
      if (std::string_view("{}%$#&").find(text[1]) != std::string_view::npos) out_ += text[1];
      space();  // \, \; and line ends
      return 1 + character_at(text, 1).bytes;
    }
    // "C:\times" is no formula.
    const bool path = !out_.empty() && !formula_ &&
                      (out_.back() == ':' || out_.back() == '\\' || is_ascii_letter(out_.back()));
    if (path || (!formula_ && !is_known(name, tongue_) && !is_among(kSilent, name))) return 0;
    std::size_t at = 1 + name.size();
    if (name == "frac" || name == "dfrac" || name == "tfrac") {
      const auto above = group(text, at);
      const auto below = group(text, at);
      if (!above || !below) return at;
      fraction(*above, *below);
    } else if (name == "sqrt") {
      root(text, at);
    } else if (is_among(kStyles, name)) {
      if (const auto words = group(text, at)) say(*words);
    } else if (is_among(kFunctions, name)) {
      say(name);
    } else if (const Command* command = command_called(name)) {
      say(command->words[index_of(tongue_)]);
    } else {
      say(letter_called(name, tongue_));
    }
    return at;
  }

  // "x^2", "x^{n+1}", "90^\circ". "^_^" is none.
  std::size_t power(std::string_view text) {
    const std::size_t base = base_bytes();
    if (base == 0 || text.size() < 2) return 0;
    std::size_t at = 1;
    const bool command = text[1] == '\\';
    const bool number = text[1] == '-' || is_word_character(character_at(text, 1).code);
    if (text[1] != '{' && !command && !number) return 0;
    if (text.substr(1).starts_with("\\circ") || text.substr(1).starts_with("{\\circ}")) {
      say(command_called("circ")->words[index_of(tongue_)]);
      return text[1] == '{' ? 8 : 6;
    }
    std::string exponent;
    if (text[1] == '{' || command) {
      const auto inner = group(text, at);
      if (!inner) return 0;
      exponent = *inner;
    } else {
      std::size_t end = text[1] == '-' ? 2 : 1;
      while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
      if (end == 1) {
        end += character_at(text, 1).bytes;
        if (!formula_ && end < text.size() && is_word_character(character_at(text, end).code)) return 0;
      }
      exponent = text.substr(1, end - 1);
      at = end;
    }
    const std::string of = out_.substr(out_.size() - base);
    out_.resize(out_.size() - base);
    const Words& shape = exponent == "2" ? kSquared : exponent == "3" ? kCubed : kPower;
    say(filled(shape[index_of(tongue_)], of, exponent));
    return at;
  }

  // Of what stands in front of a power: "x", "10", "(a + b)".
  std::size_t base_bytes() const {
    if (out_.empty()) return 0;
    std::size_t at = out_.size();
    if (out_.back() == ')') {
      int open = 0;
      while (at > 0) {
        --at;
        if (out_[at] == ')') ++open;
        if (out_[at] == '(' && --open == 0) return out_.size() - at;
      }
      return 0;
    }
    while (at > 0) {
      const Character before = character_before(out_, at);
      if (!is_word_character(before.code)) break;
      at -= before.bytes;
    }
    return out_.size() - at;
  }

  // "\sqrt{x}", "\sqrt[3]{x}"; moves `at` behind it.
  void root(std::string_view text, std::size_t& at) {
    std::string_view degree;
    if (at < text.size() && text[at] == '[') {
      const std::size_t end = text.find(']', at);
      if (end == std::string_view::npos) return;
      degree = text.substr(at + 1, end - at - 1);
      at = end + 1;
    }
    const auto under = group(text, at);
    const Words& shape = degree.empty() || degree == "2" ? kRoot : degree == "3" ? kCubeRoot : kNthRoot;
    if (under) say(filled(shape[index_of(tongue_)], *under, degree));
  }

  void fraction(const std::string& above, const std::string& below) {
    const auto digits = [](const std::string& text) {
      return !text.empty() && text.size() <= 2 &&
             std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    };
    // simple_fraction.h has words of its own for these.
    if (digits(above) && is_among(std::to_array<std::string_view>({"2", "3", "4", "5", "8", "10"}), below)) {
      say(above + "/" + below);
    } else {
      say(filled(kFraction[index_of(tongue_)], above, below));
    }
  }

  // "{...}" at `at`, or one character or command; moves `at` behind it.
  std::optional<std::string> group(std::string_view text, std::size_t& at) {
    while (at < text.size() && text[at] == ' ') ++at;
    if (at >= text.size()) return std::nullopt;
    if (text[at] == '\\') {
      const std::size_t bytes = 1 + letters_at(text.substr(at + 1)).size();
      const std::string_view command = text.substr(at, bytes);
      at += bytes;
      return bytes > 1 ? std::optional(inside(command)) : std::nullopt;
    }
    if (text[at] != '{') {
      const std::size_t bytes = character_at(text, at).bytes;
      const std::string_view one = text.substr(at, bytes);
      at += bytes;
      return std::string(one);
    }
    int open = 0;
    for (std::size_t i = at; i < text.size(); ++i) {
      if (text[i] == '{') ++open;
      if (text[i] != '}' || --open > 0) continue;
      const std::string_view inner = text.substr(at + 1, i - at - 1);
      at = i + 1;
      return inside(inner);
    }
    return std::nullopt;
  }

  std::string inside(std::string_view inner) const {
    if (depth_ >= kMaxFormulaDepth) return std::string(inner);
    return FormulaReader(tongue_, true, depth_ + 1).read(inner);
  }

  void space() {
    if (!out_.empty() && out_.back() != ' ') out_ += ' ';
  }

  // Apart from a word in front of it; a blank that stands there counts.
  void say(std::string_view words) {
    if (words.empty()) return;
    if (!out_.empty() && out_.back() != ' ' && !joins_words(tongue_) &&
        is_word_character(character_before(out_, out_.size()).code))
      out_ += ' ';
    out_ += words;
    said_ = out_.size();
  }

  Tongue tongue_;
  bool formula_;
  int depth_;
  std::size_t said_ = 0;  // where in out_ our own words ended last
  std::string out_;
};

}  // namespace

bool may_have_formulas(std::string_view text) {
  if (text.find_first_of("\\^") != std::string_view::npos) return true;
  const std::size_t dollar = text.find('$');
  return dollar != std::string_view::npos && text.find('$', dollar + 1) != std::string_view::npos;
}

std::string formula_words(std::string_view text, Tongue tongue) {
  return FormulaReader(tongue, false, 0).read(text);
}

}  // namespace earshot::worker
