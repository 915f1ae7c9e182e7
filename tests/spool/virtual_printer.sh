#!/bin/bash
# A private bus, a virtual dye-sub printer and a private cupsd, all below one directory, as root or as anybody.
#   virtual_printer.sh W CUPS-PORT PRINTER-PORT setup      write every file, start the bus
#   virtual_printer.sh W CUPS-PORT PRINTER-PORT printer    become the printer
#   virtual_printer.sh W CUPS-PORT PRINTER-PORT cupsd      become the print service
#   virtual_printer.sh W CUPS-PORT PRINTER-PORT queue URI  make the queue "dyesub" for a printer at URI
# ctl/state: reasons that the engine raises until the file is emptied; ctl/fail: it gives the job up; ctl/secs: seconds
# of a print; ctl/busy is there while it prints; ctl/usb: "reason exit-code" of the back end boothtest, which behaves as those of dye-subs on USB do.
set -eu
W=$1 PORT=$2 PRINTER=$3 WHAT=$4
export PATH=$PATH:/usr/sbin
[ -e "$W/bus" ] && export DBUS_SYSTEM_BUS_ADDRESS="$(cat "$W/bus")"

setup() {
  mkdir -p "$W"/{etc/ppd,etc/ssl,spool/tmp,cache,state/certs,log,pspool,ctl,out,bin/backend}
  # Without any bus ippeveprinter ends, even with DNS-SD switched off.
  dbus-daemon --session --fork --print-address=3 --print-pid=4 3>"$W/bus" 4>"$W/bus.pid"
  size() { printf '{\n MEMBER integer x-dimension %s\n MEMBER integer y-dimension %s\n}' "$1" "$2"; }
  column() {
    printf '{\n MEMBER collection media-size {\n  MEMBER integer x-dimension %s\n  MEMBER integer y-dimension %s\n }\n' "$1" "$2"
    for edge in top bottom left right; do printf ' MEMBER integer media-%s-margin 0\n' $edge; done
    printf ' MEMBER keyword media-source main-roll\n MEMBER keyword media-type photographic-glossy\n}'
  }
  {
    cat <<'C'
ATTR text printer-make-and-model "Virtual dye-sub"
ATTR boolean color-supported true
ATTR enum print-quality-supported 4,5
ATTR enum print-quality-default 5
ATTR keyword sides-supported one-sided
ATTR keyword sides-default one-sided
ATTR resolution printer-resolution-supported 300dpi
ATTR resolution printer-resolution-default 300dpi
ATTR resolution pwg-raster-document-resolution-supported 300dpi
ATTR keyword pwg-raster-document-type-supported srgb_8
ATTR keyword pwg-raster-document-sheet-back normal
ATTR keyword print-color-mode-supported color
ATTR keyword print-color-mode-default color
ATTR keyword output-bin-supported face-up
ATTR keyword output-bin-default face-up
ATTR keyword media-supported na_index-4x6_4x6in,oe_square-6x6_6x6in
ATTR keyword media-default na_index-4x6_4x6in
ATTR keyword media-ready na_index-4x6_4x6in,oe_square-6x6_6x6in
ATTR keyword media-source-supported main-roll
ATTR keyword media-type-supported photographic-glossy
ATTR integer media-top-margin-supported 0
ATTR integer media-bottom-margin-supported 0
ATTR integer media-left-margin-supported 0
ATTR integer media-right-margin-supported 0
C
    echo "ATTR collection media-size-supported $(size 10160 15240),$(size 15240 15240)"
    echo "ATTR collection media-col-default $(column 10160 15240)"
    for a in database ready; do echo "ATTR collection media-col-$a $(column 10160 15240),$(column 15240 15240)"; done
    echo 'ATTR octetString printer-input-tray "type=sheetFeedAutoRemovableTray;mediafeed=15240;mediaxfeed=15240;maxcapacity=400;level=400;status=0;name=main-roll;"'
  } >"$W/dyesub.conf"
  cat >"$W/engine.sh" <<'C'
#!/bin/sh
W=$(dirname "$0") D=$(dirname "$0")/ctl
while [ -s "$D/state" ]; do
  S=$(cat "$D/state"); echo "STATE: +$S" >&2
  while [ -s "$D/state" ]; do sleep 0.1; done
  echo "STATE: -$S" >&2
done
[ -e "$D/fail" ] && { echo "ERROR: injected" >&2; exit 1; }
echo 1 >"$D/busy"
sleep "$(cat "$D/secs" 2>/dev/null || echo 0.1)"
N="$W/out/$(date +%s%N)"
# A sheet is counted only if it lies in the tray with its name, and it has a name as soon as it lies there.
echo "$IPP_JOB_NAME" >"$N.named" && cp "$1" "$N" && mv "$N.named" "$N.name" || exit 1
rm -f "$D/busy"
echo "ATTR: job-impressions=1 job-impressions-completed=1" >&2
C
  chmod +x "$W/engine.sh"
  # Back ends of dye-subs on USB stop the queue when they run out of paper, whatever its error policy says.
  for part in /usr/lib/cups/*; do [ "${part##*/}" = backend ] || ln -sf "$part" "$W/bin/"; done
  ln -sf /usr/lib/cups/backend/* "$W/bin/backend/"
  cat >"$W/bin/backend/boothtest" <<C
#!/bin/sh
[ \$# = 0 ] && { echo 'direct boothtest:/usb "Test" "Test"'; exit 0; }
cat \${6:+"\$6"} >"$W/cache/doc.\$\$"
if [ -s "$W/ctl/usb" ]; then
  read -r REASON CODE <"$W/ctl/usb"
  echo "STATE: +\$REASON" >&2
  echo "ATTR: marker-levels=42" >&2
  exit "\$CODE"
fi
echo "STATE: -media-empty-error" >&2
sleep "\$(cat "$W/ctl/secs" 2>/dev/null || echo 0.1)"
N="$W/out/\$(date +%s%N)"
mv "$W/cache/doc.\$\$" "\$N" && echo "\$3" >"\$N.name" || exit 1
echo "PAGE: 1 1" >&2
C
  chmod 755 "$W/bin/backend/boothtest"
  me=$(id -un) group=$(id -gn)
  cat >"$W/cups-files.conf" <<C
SystemGroup $group
User $me
Group $group
LogFileGroup $group
ServerRoot $W/etc
ServerBin $W/bin
RequestRoot $W/spool
TempDir $W/spool/tmp
CacheDir $W/cache
StateDir $W/state
AccessLog $W/log/access_log
ErrorLog $W/log/error_log
PageLog $W/log/page_log
C
  if [ "$me" = root ]; then # filters and back ends run as lp
    sed -i '/^SystemGroup/s/.*/SystemGroup root/; /^User/d; /^Group/d; s/^LogFileGroup.*/LogFileGroup lp/' "$W/cups-files.conf"
    chown -R root:lp "$W"
    chmod 711 "$W"
    chmod 1770 "$W/spool/tmp"
    chmod 777 "$W/out" "$W/cache"
  fi
  cat >"$W/cupsd.conf" <<C
LogLevel warn
Listen 127.0.0.1:$PORT
Listen $W/state/cups.sock
Browsing No
WebInterface No
DefaultAuthType None
DirtyCleanInterval ${DIRTY:-0}
ErrorPolicy retry-job
JobRetryInterval 5
JobRetryLimit 1000000
MaxJobTime 0
PreserveJobHistory Yes
PreserveJobFiles No
<Location />
  Order allow,deny
  Allow from 127.0.0.1
</Location>
<Location /admin>
  Order allow,deny
  Allow from 127.0.0.1
</Location>
<Policy default>
  JobPrivateAccess all
  JobPrivateValues none
  SubscriptionPrivateAccess all
  SubscriptionPrivateValues none
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
C
}

case $WHAT in
  setup) setup ;;
  printer) exec ippeveprinter -r off -n localhost -p "$PRINTER" -a "$W/dyesub.conf" -c "$W/engine.sh" -d "$W/pspool" -k "Virtual dye-sub" ;;
  cupsd) exec cupsd -f -c "$W/cupsd.conf" -s "$W/cups-files.conf" ;;
  queue)
    export CUPS_SERVER=127.0.0.1:$PORT
    # The media must be set in a second call: with -m in one call it is ignored, and sheets are US Letter.
    case $5 in
      ipp:*) lpadmin -p dyesub -E -v "$5" -m everywhere && lpadmin -p dyesub -o PageSize=6x6.Borderless ;;
      *) lpadmin -p dyesub -E -v "$5" -m raw ;;
    esac
    ;;
esac
