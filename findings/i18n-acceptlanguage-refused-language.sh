#!/usr/bin/env bash
# I18N::AcceptLanguage prefers the language that is refused by q=0, and finds none for EN
#
# Software: libi18n-acceptlanguage-perl 1.04-6 (Debian 12)
# Guess:    q=0 means "not acceptable", however many zeros it has, and * stands for every language that isn't named (RFC
#           9110, sections 12.4.2 and 12.5.4). Language tags are compared without regard to case (RFC 4647, section 2):
#           EN is served by en-US, as en is.
# Seen:     Perl's 0 is false, so that q=0 is taken for a missing one, which is 1: German is the best of all. q=0.0 is
#           understood, but then * picks German as the first one. EN is found among the languages in small letters, and
#           then looked up as it is written.
# Output:   de;q=0, en of de and en: de
#           de;q=0.0, en of de and en: en
#           de;q=0.0, * of de and fr: de
#           en of de and en-US: en-US
#           EN of de and en-US: none
# Callbox:  negotiates no languages: `en` or `de` is set (docs/settings.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get download -qq -o APT::Sandbox::User=root libi18n-acceptlanguage-perl=1.04-6
dpkg-deb -x libi18n-acceptlanguage-perl_*.deb root
export PERL5LIB=$tmp/root/usr/share/perl5
perl - <<'PL'
use strict;
use warnings;
use I18N::AcceptLanguage;

my $acceptor = I18N::AcceptLanguage->new();
my @seen;
for my $case (
    ['de;q=0, en', 'de', 'en'],
    ['de;q=0.0, en', 'de', 'en'],
    ['de;q=0.0, *', 'de', 'fr'],
    ['en', 'de', 'en-US'],
    ['EN', 'de', 'en-US'],
) {
    my ($header, @supported) = @$case;
    push @seen, $acceptor->accepts($header, \@supported) || 'none';
    print "$header of ", join(' and ', @supported), ": $seen[-1]\n";
}
die "changed: de, en, de, en-US and none were expected\n" if "@seen" ne 'de en de en-US none';
PL
