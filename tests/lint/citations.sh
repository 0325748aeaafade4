#!/usr/bin/env bash
# Fails when a comment, script or page cites what does not exist: a page, a section, a trap, a decision, a file; or when
# docs/README.md leads to less than every page.
# Usage: citations.sh [ROOT]    (ROOT: a tree to check; default: the project)
#
#   device-protocol 4.5, trap 23            a heading 4.5, and line 23 of section 12, of docs/protocol_device.md
#   (4.5), (section 10) in a comment        the same; in worker/providers of docs/protocol_providers.md
#   provider-protocol 3.4, A8               docs/protocol_providers.md; a row "| A8 |" is a section too
#   measurements 1  CONVENTIONS 4  ARCHITECTURE 2     docs/measurements.md, conventions.md, architecture.md
#   docs/x.md   docs/x.md section 3   docs/x.md, "Heading or **bold words** that head a paragraph"   [text](x.md#heading)
#   decisions/0003   decision 0003          docs/decisions/0003-*.md
#   gateway/app/app.cc, topic_policy.h          a file of that path; in comments of sources a header of that name
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "${1:-$here/../..}"
list=$(mktemp)
trap 'rm -f "$list"' EXIT
find . \( -path ./build -o -path ./.git -o -path ./tests/data \) -prune -o -type f -print | sed 's#^\./##' | LC_ALL=C sort >"$list"
if [ -f docs/README.md ]; then
  alone=$(sed -nE 's#^docs/((decisions/)?[^/]+\.md)$#\1#p' "$list" | while read -r page; do
    [ "$page" = README.md ] || grep -qF "]($page" docs/README.md || echo "docs/$page: docs/README.md does not lead there"
  done)
  [ -z "$alone" ] || { echo "$alone"; exit 1; }
fi
grep -E '(\.(h|cc|proto|sh|js|html|ya?ml|txt|cmake|supp|md)|CMakeLists\.txt)$' "$list" |
  grep -vE '^tests/lint/(citations|.*_selftest)\.sh$|/vendor/.*\.(h|cc)$' | tr '\n' '\0' |
  LC_ALL=C xargs -0 -r awk -v list="$list" '
    function slug(text) {
      text = tolower(text)
      gsub(/[^a-z0-9 _-]/, "", text)
      gsub(/ /, "-", text)
      return text
    }
    function read_page(page,   line, word, fenced, in_traps) {
      while ((getline line < page) > 0) {
        if (line ~ /^```/) fenced = !fenced
        if (fenced) continue
        if (line ~ /^#+ /) {
          sub(/^#+ /, "", line)
          link[page, slug(line)] = 1
          heading[page, line] = 1
          in_traps = line ~ /Traps$/
          word = line
          sub(/ .*/, "", word)
          if (word ~ /^[0-9]/) {
            sub(/^[^ ]* /, "", line)
            heading[page, line] = 1
          }
          sub(/\.$/, "", word)
          section[page, word] = 1
        } else if (line ~ /^[0-9]+\. /) {
          sub(/\..*/, "", line)
          if (in_traps) trap[page, line] = 1
          if (page == "docs/conventions.md") section[page, line] = 1
        } else if (match(line, /^\*\*[^*]+\*\*/)) {
          line = substr(line, 3, RLENGTH - 4)
          sub(/\.$/, "", line)
          heading[page, line] = 1
        } else if (line ~ /^\| [A-Z][0-9]+ \|/) {
          sub(/^\| /, "", line)
          sub(/ .*/, "", line)
          section[page, line] = 1
        }
      }
      close(page)
    }
    BEGIN {
      while ((getline path < list) > 0) {
        is_file[path] = 1
        if (path ~ /^docs\/.*\.md$/) read_page(path)
        if (path ~ /^docs\/decisions\//) decision[substr(path, 16, 4)] = 1
        n = split(path, part, "/")
        name = part[n]
        if (name ~ /\.h$/)
          for (i = n - 1; ; --i) {
            is_header[name] = 1
            if (i == 0) break
            name = part[i] "/" name
          }
        for (folder = path; sub(/\/[^\/]*$/, "", folder); ) is_folder[folder] = 1
      }
      # Headers of others, and one that is made by protoc.
      n = split("mmreg.h sysexits.h ipc.pb.h common_audio/vad/include/webrtc_vad.h", part, " ")
      for (i = 1; i <= n; ++i) is_header[part[i]] = 1
      n = split("device-protocol protocol_device provider-protocol protocol_providers measurements measurements " \
                "CONVENTIONS conventions ARCHITECTURE architecture", part, " ")
      for (i = 1; i < n; i += 2) page_of[part[i]] = "docs/" part[i + 1] ".md"
    }
    function complain(what) {
      if ((where, what) in told) return
      told[where, what] = 1
      print where ": " what
      bad++
    }
    # Sets `found` to what matches first in `rest` and begins on this line, and cuts `rest` behind it.
    function next_match(pattern,   start) {
      if (!match(rest, pattern)) return 0
      start = consumed + RSTART
      if (start > here_ends) return 0
      found = substr(rest, RSTART, RLENGTH)
      before = RSTART > 1 ? substr(rest, RSTART - 1, 1) : (consumed ? last_char : "")
      consumed += RSTART + RLENGTH - 1
      last_char = substr(rest, RSTART + RLENGTH - 1, 1)
      rest = substr(rest, RSTART + RLENGTH)
      return 1
    }
    function begin() { rest = text; consumed = 0; cited++ }
    # "4.5", "4.5, 4.6", "3 and 4": each must be in the table.
    function check_ids(page, ids, what, is_trap,   n, id, i, all) {
      n = split(ids, all, /(, ?| and | to |; )/)
      for (i = 1; i <= n; ++i) {
        id = all[i]
        sub(/^(section|sections|trap|traps) /, "", id)
        sub(/\.$/, "", id)
        if (id == "") continue
        if (is_trap ? !((page, id) in trap) : !((page, id) in section))
          complain(what " " id ": no such " (is_trap ? "trap" : "section") " in " page)
      }
    }
    function follows(   ids, tail) {  # what goes on a list of numbers behind a match
      ids = ""
      while (match(rest, /^(, | and | to |; )(section )?([A-Z]?[0-9]+(\.[0-9]+)*)([,;:.)]|$| )/)) {
        tail = substr(rest, 1, RLENGTH)
        # "7.2, 24 kHz" is no list, but "7.2, 7.3" at the end of a line or in front of "and" is.
        if (tail ~ / $/) {
          tail = substr(tail, 1, length(tail) - 1)
          if (consumed + length(tail) != here_ends && substr(rest, length(tail) + 1) !~ /^ and /) break
        } else if (tail ~ /[,;:.)]$/) {
          tail = substr(tail, 1, length(tail) - 1)
        }
        ids = ids tail
        rest = substr(rest, length(tail) + 1)
        consumed += length(tail)
      }
      return ids
    }
    function check_keyed(   key) {
      begin()
      while (next_match("(device-protocol|provider-protocol|measurements|CONVENTIONS|ARCHITECTURE) (section )?[A-Z]?[0-9]+(\\.[0-9]+)*")) {
        key = found
        sub(/ .*/, "", key)
        sub(/^[^ ]* (section )?/, "", found)
        check_ids(page_of[key], found follows(), key, 0)
      }
      begin()
      while (next_match("traps? [0-9]+")) {
        if (before ~ /[A-Za-z0-9_-]/) continue
        sub(/^traps? /, "", found)
        check_ids(page_of["device-protocol"], found follows(), "trap", 1)
      }
      if (!is_comment) return
      begin()
      while (next_match("\\([a-z]+-[a-z]+ [0-9]+(\\.[0-9]+)*[),;]")) {
        key = substr(found, 2)
        sub(/ .*/, "", key)
        if (!(key in page_of)) complain(found " cites no page that this check knows")
      }
    }
    function check_bare(   page) {
      page = page_of[file ~ /worker\/providers/ ? "provider-protocol" : "device-protocol"]
      begin()
      while (next_match("\\((sections? )?[0-9]+\\.[0-9]+[),;]")) {
        gsub(/[(),;]|sections? /, "", found)
        check_ids(page, found, "section", 0)
      }
      begin()
      while (next_match("[(,] ?sections? [0-9]+(\\.[0-9]+)*")) {
        if (text ~ /RFC [0-9]+/) continue
        sub(/^[(,] ?sections? /, "", found)
        check_ids(page, found follows(), "section", 0)
      }
    }
    function check_pages(   path, title) {
      begin()
      while (next_match("[A-Za-z0-9_./-]*[A-Za-z0-9_-]\\.md")) {
        if (before ~ /[*{}$<>:]/ || found ~ /^\//) continue
        path = found
        if (!(path in is_file) && (("docs/" path) in is_file)) path = "docs/" path
        if (!(path in is_file)) {
          path = base found
          while (sub(/[^\/]+\/\.\.\//, "", path)) {}
        }
        if (!(path in is_file)) {
          complain(found ": no such page")
          continue
        }
        title = rest
        if (match(title, /^#[A-Za-z0-9_-]+/)) {
          if (!((path, substr(title, 2, RLENGTH - 1)) in link)) complain(found substr(title, 1, RLENGTH) ": no such heading")
          continue
        }
        sub(/^[)`]+/, "", title)
        if (match(title, /^,? "[^"]+"/)) {
          title = substr(title, 1, RLENGTH)
          sub(/^,? "/, "", title)
          sub(/"$/, "", title)
          if (!((path, title) in heading)) complain(found ", \"" title "\": no such heading")
        } else if (match(title, /^,? (section )?[0-9]+(\.[0-9]+)*/)) {
          title = substr(title, 1, RLENGTH)
          sub(/^,? (section )?/, "", title)
          check_ids(path, title, found, 0)
        }
      }
      begin()
      while (next_match("decisions?[/ ][0-9][0-9][0-9][0-9]")) {
        sub(/^.*[\/ ]/, "", found)
        if (!(found in decision)) complain("decision " found ": no such page")
      }
    }
    function check_files() {
      begin()
      while (next_match("(common|gateway|worker|bench|tests|proto|deploy|docs)/[A-Za-z0-9_/.-]*[A-Za-z0-9_]\\.(h|cc|proto|sh|js|html|yaml|txt|cmake|png|svg|jpg)")) {
        if (before ~ /[A-Za-z0-9_.\/<>-]/ || rest ~ /^[A-Za-z0-9_*]/) continue
        if (!(found in is_file) && !(found in is_header)) complain(found ": no such file")
      }
      if (!is_comment) return
      begin()
      while (next_match("[A-Za-z0-9_/.-]*[A-Za-z0-9_]\\.h")) {
        if (before ~ /[A-Za-z0-9_*<>-]/ || rest ~ /^[A-Za-z0-9_(]/) continue
        if (!(found in is_header)) complain(found ": no such header")
      }
    }
    function comment_of(line,   at) {
      at = index(line, "//")
      while (at > 1 && substr(line, at - 1, 1) == ":") {
        line = substr(line, at + 2)
        at = index(line, "//")
      }
      return at ? substr(line, at) : ""
    }
    function continued(line) {
      sub(/^[ \t]*(\/\/+|#+|\*)?[ \t]*/, "", line)
      return line
    }
    function examine(line, after) {
      where = file ":" at_line
      here_ends = length(line)
      text = line " " continued(after)
      check_pages()
      is_comment = 0
      if (file ~ /\.(h|cc)$/) {
        line = comment_of(line)
        is_comment = line != ""
        here_ends = length(line)
        text = line " " continued(after)
        if (is_comment) check_bare()
      }
      check_files()
      check_keyed()
    }
    FNR == 1 {
      if (file != "") examine(held, "")
      file = FILENAME
      base = file
      if (!sub(/\/[^\/]*$/, "/", base)) base = ""
      held = $0
      at_line = 1
      files++
      next
    }
    { examine(held, $0); held = $0; at_line = FNR }
    END {
      if (file != "") examine(held, "")
      if (files == 0) { print "nothing to read: is this the right folder?"; exit 1 }
      if (bad) { print bad " citations lead nowhere"; exit 1 }
      print "what " files " files cite is there"
    }'
