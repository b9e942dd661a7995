"""SLIPS and CASUAL: words as they come out of hasty fingers, and words of chat; no dictionary knows them.

The commonest English words, and those of the field, with two letters exchanged
or one left out, as far as that makes no other word; misspellings that many
people make; and spellings of telephone messages.
"""

from collections.abc import Iterator

_COMMON = """
about above account across actually added after again against almost along already also although always
among another answer anybody anyone anything around asked available away because become been before being
believe below best better between book both bring build built came cannot careful caught change changed
check clear close come could course current days decide department describe detail details did different
difficult does doing done down during each early either else enough even every everybody everyone
everything example except expect explain fact feel file find fine first follow following found friend
from full further general give given gives going good great group happen happened happens hard have
having heard hello help here high hold hope hour house however idea important information inside instead
interested into issue just keep kind know known large last later least leave left less letter level like
likely line list little long look looking lots made mail make making many matter maybe mean means meeting
message might minute money month months more morning most much must name near nearly need needed never
next nobody nothing notice number often once only open order other others ours over own page paper part
people perhaps person place please point possible practice present probably problem problems properly
provide question questions quickly quite rather read ready really reason received recent recently reply
report request result results right said same says second seem seems seen send sent several should show
side simple since small some somebody someone something sometimes soon sorry still stop such suggest
support sure system take taken tell than thank thanks that their them then there these they thing things
think this those though thought three through time today together told tomorrow took tried trying turn
under understand unfortunately until update used useful using usual usually value values very wait want
wanted watch weather week weeks well went were what when where whether which while whole whose will wish
with within without wonder word words work worked working works would write written wrong year years
yesterday your yours
"""
_FIELD = """
absolute absorbed accelerator accuracy activity algorithm analysis beam calibration cancer chamber clinic
clinical collimator computer correction couch data delivery detector device dose dosimetry electron
energy engineer engineering equipment error exposure factor filter fraction gantry hospital image imaging
injection instrument intensity ionisation isocentre laboratory laser limit linac machine magnetic
maintenance manual manufacturer measure measured measurement measurements medical medicine method monitor
nuclear nurse output parameter patient patients phantom physicist physics planning plastic pressure
procedure protection proton protocol quality radiation radiographer radiology radiotherapy reading
reference research safety scanner schedule scientist sensitivity service shielding signal software source
standard surface table technician technique temperature therapy thickness tolerance training treatment
tumour ultrasound uncertainty unit ventilator version voltage volume ward water
"""
_MISSPELT = """
accomodate accomodation accross accurracy acheive acheived acommodate acurate adress agian agress
allready alot alredy anser ansewr answe anyhting apparant apparantly appearence appreciat appriciate
approximatly apriciate aproximately aquire arguement arround athiest awfull basicly beacuse becasue
becaus becouse becuase becuse begginer begining beleive beleived belive buisness bussiness calender
calibartion calibraton callibration cancelation carefull carnt catagory cemetary certian changable
collegs collegue collegues comitee comittee comming commitee committe compair compaired comparision
compatable completly concensus concieve concious conscous controll convinient copys copywrite coudn't
couldent cource culd cuold definate definately definatly definitley definitly dependance desparate
detecter detecters diden't dident diffcult diffrent dificult dificulty disapear disapoint disapointed
dissapear dissapoint dissapointed doccument dosent dosimitry dosnt drity embaras embarass embarassed
enviroment equipement equiptment everbody everythink evry evryone evrything excede excellant exept
exersise existance existant expecially experiance experienc experment explane extremly facinating familar
feild fianlly filld finaly fisicist foriegn forteen fotocopy foun fourty foward freind freindly freinds
fullfil furthur futher fysics garantee gaurantee generaly goverment gramatically grammer greatful guage
gurantee happend happenned harrass harrassment havnt heared heigth helo helpfull heppen hieght hopefuly
hopeing hospitle hosptial humourous hypocracy idae imediate imediately imformation immediatly importent
inconvienient incorect independant infomation innoculate insted intelligance interesed intial intrest
intrested intresting intrument irrelevent knowen knowin knowlege lable labratory lenght lern leter liase
liason libary lisence litle mabey mabye machien maintainance maintenence managment manufacter mashine
meassure meassured measurment measurments mesage messege mesure mesured mesurement mesurments minits
mispell mispelled missle misspel moniter monitering morgage nead neccessary necesary necessery negociate
neice noone nothink noticable notise nowadys obviosly occasionaly occassion occassionally occured
occurence occuring occurrance ofen ofer ofice oficial oportunity opperation oppinion opponant oppurtunity
orgnise orignal outher owr pacient paitent paralel parliment particulary pateint patiant patinet peice
peple pepole percieve performence perhas permenant perminent persistant personel phisicist phisics
physicts plaese pleese pleez plesase plese poeple posess posession possable preety prefered prehaps
presance prety privelege priviledge probablly probally probaly proberly probley proceedure profesional
professer promiss pronounciation proplem propoganda protocal publically qestion qestions quater quesion
questin questionaire questoin queston radaition radiaton realy reazon reccomend reccommend recieve
recieved recieving recomend recomended referance refered refering regadring regularily relevent
reliablity religous remeber remembr remmember repare repitition resistence reson responce responsability
reveiw rooom rythm saftey saterday sayed scaner scedule schduel scince scool seasion secratary sence
sentance sepcial seperate seperated seperately sertain sevice shedual shedule shold shoud shouldent shure
similer similiar simmilar sincerly skanner somethink somewere somone somthing soryy sould speach
speciffic stoped strenght stuf succesful successfull sucess sudenly suffcient suggestd supprise suprise
suprised surch techincal technichian technicly technition temperture temporarly temprature therefor
therepy theripy thier thnig thnk thoght thorughly thot threshhold thrid throught thurough togather
togeather toghether tommorow tommorrow tomorow tounge treatement tretment triing truely trys tuseday
twelf uncertanty uncertianty unecessary unfortunatley unfortunatly unfortunetly unneccessary untill
usally usefull usualy vaccum vacumn vegatable vehical vistor vizit volunter wached wantd wendsday wensday
wether whant whants whath whent wheter whith whoud wierd withold wonderfull workin wory wouldent writen
writting wrok wuold yatch yeild yesturday youself
"""
_CHAT = """
b4 gr8 gr8t l8 l8r m8 m8s w8 w8in h8 str8 2day 2moro 2morow 2nite 2mrw tmrw tomoz 4get 4ward 4u any1 sum1
some1 every1 evry1 no1 ne1 neone plzz bcoz bcos bcz becuz wiv wif dey nuffin nuffink sumfin sumthing
sumthin nething anyfing evryfin evrythin wot wudnt shudnt cudnt culdnt wud shud hve havin doin goin comin
lookin tryin thinkin askin sayin gettin makin waitin nothin somethin pple rofl omfg lmao brb ttyl xoxo
soz luv skool skul fone kewl kool knos kno rly rlly wknd dnt wnt shdnt wid prolly evn evr nevr anuva
anuvver fink finks fing fings fru woz waz wiht allrite alrite oredi hapn happn smthg wher evrywhr bcause
cauze sez sed reli tomoro tmoro nxt gudnite gud bruv innit tehy thaz calibrashun radiashun direcshun
kwestion kwestions becoz befor aftr abowt abwt watz watever wotever hav wivout wifout cud imobilisashun
immobilisashun informashun stashun posishun corecshun corse teh hte taht thsi jsut waht wich whcih adn
"""
_CASUAL = """
u ur r im ive youre theyre hes thats whats wheres hows dont cant wont didnt doesnt isnt wasnt werent
arent hasnt havent couldnt wouldnt shouldnt gonna wanna gotta dunno gimme lemme coz cuz tho thru plz pls
thx thanx thnx ppl tbh idk lol omg nite rite foto dis dat da wen wat wel eva neva ova ya yep ty
"""
# What an exchange or a loss of letters makes of one word, and that is another word or a short form.
_OTHER_WORDS = """
acme alost alter anther asme aws bema bets camber caner corse curse deice deos does dose dsoe eben ether
faction fiend filer form fracton fried geneal greta inoisation juts lats leats lien lost lsat mali mater
meda medial meting minuet moths mots msut muts nad nlac noting nuder odes orus panning patent patents
pease peron phsp planing porton prat preset quiet rally rater reaing realy reding relly sadi sadt sene
siad siple sono sued suer suing tanks thees there thins though three tings tired toady toko tough tring
trough tsat tumor tying unclear usre vales veery waned weer wether witten woking won
"""


def _made(word: str) -> Iterator[str]:
    for at in range(len(word) - 1):
        if word[at] != word[at + 1]:
            yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if len(word) > 5:
        for at in range(1, len(word) - 1):
            yield word[:at] + word[at + 1 :]


def _slips() -> frozenset[str]:
    words = frozenset((_COMMON + _FIELD).split())
    made = frozenset(slip for word in words for slip in _made(word))
    others = words | frozenset(_OTHER_WORDS.split())
    return (made - others) | frozenset((_MISSPELT + _CHAT).split())


CASUAL = frozenset(_CASUAL.split())
"""Forms that many people use in a quick note and that prove little by themselves."""

SLIPS = _slips() - CASUAL
"""Forms that are no word, whoever writes them."""
