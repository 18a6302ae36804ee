set cbrange [{low}:{high}]
set cbtics autofreq
set cblabel {name} offset 0.5,0
