set title {title}
unset grid
unset colorbox
set tics scale 0
set xlabel 'called'
set ylabel 'is'
set xrange [-0.5:{last}.5]
set yrange [{last}.5:-0.5]
set xtics {rotation} {tics}
set ytics {tics}
set palette defined (0 '#ffffff', 1 '#0072b2')
set cbrange [0:{most}]
set style fill solid 1 border rgb '#e4e4e4'
plot csv using 4:3:(0.5):(0.5):5 with boxxyerror fillcolor palette notitle, \
  csv using 4:3:($5 > 0 ? sprintf('%d', $5) : ''):($5 > {dark} ? 0xffffff : 0x333333) with labels textcolor rgb variable notitle
