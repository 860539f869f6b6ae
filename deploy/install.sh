#!/bin/sh
# Install Shouwang from this folder, without any network: docs/deploy.md.
#   sh install.sh                 as root: program, account, folders, units (nothing is started)
#   sh install.sh --tokens        as root: only the tokens of the web servers that are missing
#   sh install.sh --only FOLDER   the program alone, into a new environment of Python in FOLDER
set -eu
umask 022
cd "$(dirname "$0")"
fail() { echo "错误:$*" >&2; exit 1; }

python=${PYTHON:-$(cat python-version)}
[ "$(uname -sm)" = "$(cat platform)" ] || fail "安装包适用于 $(cat platform),本机是 $(uname -sm)。"
command -v "$python" > /dev/null || fail "没有 $python:请从操作系统的安装介质安装它和 venv 模块。"
found=$("$python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
[ "$found" = "$(cat python-version)" ] || fail "安装包适用于 $(cat python-version),本机是 $found。"
sha256sum --check --quiet SHA256SUMS || fail "安装包不完整或被改动:请重新复制。"

program() {
	[ ! -e "$1" ] || fail "$1 已存在。"
	unfinished=$1
	trap '[ -z "$unfinished" ] || rm -rf "$unfinished"' EXIT
	"$python" -m venv "$1" || fail "建不成 $1:请安装 Python 的 venv 模块(Debian:python3-venv)。"
	# --isolated: no setting of this machine names an index.
	"$1/bin/python" -m pip --isolated --disable-pip-version-check install --quiet --no-cache-dir --no-index \
		--find-links wheels --require-hashes --requirement requirements.txt
	"$1/bin/python" -m pip --isolated --disable-pip-version-check check > /dev/null || fail "各程序包互不相符。"
	"$1/bin/shouwang" --help > /dev/null
	unfinished=
}

token() {
	[ -e "/etc/shouwang/$1" ] && return
	(umask 077; head -c 24 /dev/urandom | base64 | tr '+/' '-_' > "/etc/shouwang/$1")
	chown shouwang:shouwang "/etc/shouwang/$1"
}
tokens() {
	token ui-token
	token viewer-token
	(umask 077; printf 'default  "%s";\noperator "%s";\n' \
		"$(cat /etc/shouwang/viewer-token)" "$(cat /etc/shouwang/ui-token)" > /etc/shouwang/nginx-tokens)
}

if [ "${1:-}" = --only ]; then
	program "${2:?请写明目录}"
	echo "已安装:$2/bin/shouwang"
	exit
fi

[ "$(id -u)" = 0 ] || fail "请以 root 执行,或只安装程序:sh install.sh --only 目录。"
if [ "${1:-}" = --tokens ]; then
	tokens
	exit
fi
getent passwd shouwang > /dev/null ||
	useradd --system --user-group --home-dir /var/lib/shouwang --no-create-home --shell /usr/sbin/nologin shouwang

release=/opt/shouwang/$(cat version)-$(date +%Y%m%d%H%M%S)
mkdir -p /opt/shouwang
program "$release"
run=$(command -v setpriv) || fail "没有 setpriv(util-linux)。"
"$run" --reuid shouwang --regid shouwang --init-groups "$release/bin/shouwang" --help > /dev/null ||
	fail "账号 shouwang 不能执行 $release/bin/shouwang:$python 或 /opt/shouwang 对它不可读。"
# The services find the new release when they start again.
ln -sfn "$release" /opt/shouwang/.current
mv -T /opt/shouwang/.current /opt/shouwang/current

# Rights and contents that the office has changed stay as they are.
folder() { [ -d "$3" ] || install -d -m "$1" -o shouwang -g "$2" "$3"; }
folder 0750 shouwang /var/lib/shouwang
folder 0700 shouwang /var/backups/shouwang
[ -d /var/log/shouwang ] || install -d -m 0750 -g adm /var/log/shouwang
[ -d /etc/shouwang ] || install -d -m 0755 /etc/shouwang
tokens
[ -e /etc/shouwang/environment ] || install -m 0644 deploy/etc/environment /etc/shouwang/environment
[ -e /etc/shouwang/operators ] || echo '# account operator;' > /etc/shouwang/operators
install -m 0755 deploy/shouwang /usr/local/bin/shouwang
install -m 0644 deploy/systemd/* /etc/systemd/system/
install -d -m 0755 /etc/systemd/journald.conf.d
install -m 0644 deploy/journald/shouwang.conf /etc/systemd/journald.conf.d/shouwang.conf
install -d -m 0755 /etc/logrotate.d
install -m 0644 deploy/logrotate/shouwang /etc/logrotate.d/shouwang
if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
echo "已安装到 $release。"
echo "下一步(deploy.md):编辑 /var/lib/shouwang/settings.toml;systemctl enable --now shouwang.target。"
