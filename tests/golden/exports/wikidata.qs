CREATE
LAST	Len	"Tide-Instruct: Teaching Models to Read Tides"
LAST	P31	Q23927052	S854	"https://toyconf.example.org/2023/tide.html"	S813	+2024-02-29T00:00:00Z/11
LAST	P1476	en:"Tide-Instruct: Teaching Models to Read Tides"	S854	"https://toyconf.example.org/2023/tide.html"	S813	+2024-02-29T00:00:00Z/11
LAST	P2093	"Ada Marée"	P1545	"1"	S854	"https://toyconf.example.org/2023/tide.html"	S813	+2024-02-29T00:00:00Z/11
LAST	P2093	"潮 太郎"	P1545	"2"	S854	"https://toyconf.example.org/2023/tide.html"	S813	+2024-02-29T00:00:00Z/11
LAST	P2093	"Berta Ebbe"	P1545	"3"	S854	"https://toyconf.example.org/2023/tide.html"	S813	+2024-02-29T00:00:00Z/11
LAST	P577	+2023-07-00T00:00:00Z/10	S854	"https://toyconf.example.org/2023/tide.html"	S813	+2024-02-29T00:00:00Z/11
LAST	P818	"2301.00001"	S854	"https://toyconf.example.org/2023/tide.html"	S813	+2024-02-29T00:00:00Z/11
LAST	P356	"10.1234/TOYCONF.2023.7"	S854	"https://toyconf.example.org/2023/tide.html"	S813	+2024-02-29T00:00:00Z/11
