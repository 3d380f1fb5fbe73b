/// Words, names and rows of keys that French and English speakers make passwords of.
///
/// Our own choice by kind: what is loved, who is loved, when, where, and what lies under the fingers.
enum CommonWords {
    static let all = [
        passwords, affection, firstNames, calendar, sport, places, animals, things, heroes,
    ].flatMap { $0.split { $0 == " " || $0 == "\n" } }

    /// Whether this is a stretch of a row of keys, in either direction.
    static func isRow(_ piece: ArraySlice<UInt8>) -> Bool {
        stretches.contains(Array(piece))
    }

    private static let passwords = """
        password passwort pass passe motdepasse mdp mdpass secret secrete code acces access admin
        administrateur administrator root user utilisateur guest invite test tests demo login default
        changeme letmein welcome bienvenue entrer ouvrir sesame master temporaire provisoire nouveau
        compte internet ordinateur orange wanadoo laposte facebook google youtube hotmail gmail yahoo
        iphone samsung nokia windows microsoft computer trustno1 whatever nothing parent parents eleve
        papiers connexion identifiant ministere academie maitresse primaire maternelle rentree abc123
        educonnect education ecole college lycee scolarite livret scolaire
        """

    private static let affection = """
        amour amours amoureux amoureuse monamour jetaime jtaime jetadore iloveyou loveyou love lover
        loulou louloute doudou chouchou coucou cheri cherie moncoeur coeur coeurs bisou bisous bebe
        bebes baby ange anges angel angels monange poupette poussin poupee puce pupuce princesse
        princess prince titi toto tata tonton maman mama mamour papa papounet mamie papi papy mamy
        famille family enfants enfant soeur frere fils fille filles mere pere vie mavie viedemerde
        bonheur joie plaisir reve reves espoir liberte sexy beaute belle beau gentil calin caline
        sweet sweetheart honey lovely forever friend friends amitie copain copine salut bonjour hello
        bonsoir merci merde putain fuckyou fuck connard connasse salope nique chiant happy smile nana
        nono nini lolo lulu lili lola momo mimi mumu gigi kiki coco cocotte bibi bibou boubou chichi
        didi dodo fifi jojo juju jeje kaka kiko koko mimine minou minette minouche moumoune nounou
        nounours papillon pitchoun pitchoune ptitloup roudoudou titou tintin zaza zouzou lesenfants
        """

    private static let firstNames = """
        adam adele adrien agathe agnes ahmed alain alan albert alex alexandra alexandre alexia alexis
        alice alicia aline alix alizee amandine ambre amelie amina amine ana anais andre andrea angela
        angelina angelique anna anne annie anthony antoine antonio antony ariane armand arnaud arthur
        ashley astrid audrey aurelia aurelie aurelien aurore axel axelle aymeric baptiste barbara
        basile bastien beatrice benedicte benjamin benoit bernadette bernard berenice bertrand bilal
        brandon brigitte bruno camille carine carla carlos carmen carole caroline catherine cecile
        cedric celia celine chantal charlene charles charlie charlotte chloe christelle christian
        christiane christine christophe claire clara claude claudia claudine clemence clement
        clementine clotilde coline colette corentin corinne cyril cyrille damien daniel daniela
        daniele danielle david deborah delphine denis diane didier dimitri dominique dorian dorothee
        dylan eddy edith edouard elena eliane elias elie eliott elisa elisabeth elise elodie eloise
        elsa emeline emilie emilien emma emmanuel emmanuelle enzo eric erwan estelle esteban ethan
        etienne eugenie eva evelyne evan fabien fabienne fabrice fanny farid fatima fatiha felix
        fernand flavie flavien florence florent florian florine france francine francis franck
        francois francoise frank frederic frederique gabin gabriel gabrielle gaelle gaetan gael
        genevieve geoffrey george georges gerald geraldine gerard germain gilbert gilles giovanni
        gregoire gregory guillaume gustave guy hakim hamza hassan helena helene henri herve hugo hubert
        hugues ibrahim ilan imane ines irene iris isabelle isaac ismael jack jackie jacqueline jacques
        jade james janine jasmine jason jean jeanine jeanne jeanpierre jenna jennifer jenny jeremie
        jeremy jerome jessica jessie jimmy joel joelle johan johanna john johnny jonathan jordan jose
        joseph josephine josette joshua josiane joyce juan jules julia julian juliana julie julien
        juliette justin justine karim karima karine katia kelly kenza kevin khadija khaled killian
        kimberly kylian laetitia lana laura laure laurence laurene laurent laurie leana lea leandre
        leane leila lena leo leon leonie lenny liam lina linda lionel lisa lise lison loan loic lola
        lorenzo louane louis louisa louise louna luc luca lucas lucie lucien lucienne ludivine ludovic
        luis luka lukas luna lydia lydie lyna madeleine madison mae maelle maelys maeva mahdi malik
        malika malo manon manuel marc marcel marcelle marceau margaux margot maria mariam marianne
        marie mariefrance marielle marilyn marina marine marion marius mario marjorie marlene marthe
        martin martine maryline maryse mateo mathias mathieu mathilde mathis mathys matteo matthew
        matthias matthieu maud maureen maurice max maxence maxime maya mehdi melanie melina melissa
        melodie michael michel michele micheline michelle mickael miguel mike milan mila milo mireille
        mohamed mohammed monique morgan morgane mounir moussa muriel mustapha myriam mylene nabil
        nadege nadia nadine naima nathalie nathan natacha nicolas nicole nina noa noah noe noel noelle
        noemie nolan nora norbert oceane odette odile olive olivia olivier omar oscar ousmane pablo
        paola pascal pascale patrice patricia patrick paul paula paulette pauline pedro perrine peter
        philippe pierre pierrick prisca quentin rachel rachid rafael raphael raphaelle raymond rayan
        rebecca regine regis remi remy renaud rene renee ricardo richard robert robin roger roland
        romain romane romeo ronan rosa rosalie rose roxane ruben ryan sabine sabrina sacha said salim
        sally salome sam samantha samia samir samira samuel samy sandra sandrine sara sarah saskia
        sebastien selena serge severine simon simone sofia sofiane solange solene sonia sophia sophie
        soraya stella stephan stephane stephanie stephen steve steven suzanne sylvain sylvaine sylvia
        sylvie tania tatiana teddy teo thea theo theodore theophile therese thibault thibaut thierry
        thomas tiffany tiago timeo timothee tom tommy tony tristan ugo valentin valentine valerie
        vanessa veronique victoire victor victoria vincent violette virginie viviane vivien walid
        wendy wilfried william xavier yacine yanis yann yannick yasmina yasmine yassine yoann yohan
        yolande youssef yvan yves yvette yvonne zakaria zineb zoe charly andrew jennyfer
        """

    private static let calendar = """
        janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre lundi
        mardi mercredi jeudi vendredi samedi dimanche printemps ete automne hiver noel paques vacances
        vacance anniversaire bonneannee halloween january february march april june july august
        september october november december summer winter spring autumn monday friday sunday christmas
        matin soir minuit demain aujourdhui toujours jamais today
        """

    private static let sport = """
        football foot soccer basket basketball baseball hockey rugby tennis judo karate boxe velo moto
        natation danse gymnastique equitation cheval chevaux handball volley golf surf ski sport marseille
        allezlom olympique om13 psg parissg parissaintgermain monaco lyon ollyon saintetienne asse verts
        bordeaux girondins toulouse stade nantes lens lille losc rennes nice metz strasbourg barcelona
        barcelone barca realmadrid chelsea arsenal liverpool manchester united juventus bayern milan
        ronaldo messi neymar mbappe zidane zizou benzema ribery griezmann platini cantona champion
        champions winner ballon equipe football1 lakers yankees cowboys steelers eagles
        """

    private static let places = """
        paris parisien parisienne londres london france bretagne breizh normandie provence corse corsica alsace auvergne
        bourgogne savoie martinique guadeloupe reunion guyane mayotte algerie maroc tunisie senegal
        portugal espagne italie allemagne belgique suisse canada quebec bresil amerique afrique europe
        afrika brasil espana italia maison montagne campagne plage ocean oceane riviere jardin village
        biarritz grenoble montpellier perpignan dijon brest lorient caen rouen lehavre amiens reims
        nancy besancon clermont limoges poitiers tours angers lemans orleans avignon cannes toulon
        newyork chicago boston dallas texas california florida america china tokyo berlin roma madrid
        """

    private static let animals = """
        chat chats chaton chatte chien chiens chienne lapin lapine souris tigre tiger lion lionne loup
        louve ours panda koala dauphin dauphins dolphin requin baleine poisson poissons tortue serpent
        dragon dragons licorne unicorn papillons coccinelle abeille fourmi araignee oiseau hibou aigle
        canard poule poulet cochon vache mouton chevre poney cheval jument girafe elephant singe monkey
        horse puppy kitty kitten pussy cat dog doggy bear wolf eagle falcon hawk snoopy medor rex felix
        caramel cannelle noisette vanille chocolat chocolate biscuit cookie praline reglisse filou
        grisou tigrou caline minet mistigri ulysse nougat oscar rocky max simba nala lucky jazz sultan
        """

    private static let things = """
        soleil sunshine sun lune moon etoile etoiles star stars ciel sky nuage pluie neige snow orage
        tonnerre thunder eclair feu fire glace ice eau water mer terre monde world nature fleur fleurs
        flower flowers rosier tulipe marguerite pivoine lilas jasmin violet orchidee arbre foret rouge
        noir noire black white blanc blanche bleu bleue blue green vert verte jaune rose pink purple
        silver gold golden argent diamant diamond crystal cristal perle money fraise cerise banane
        orange citron pomme peche abricot cassis framboise ananas tomate carotte patate fromage
        camembert croissant pizza burger cafe coffee vin biere ricard pastis champagne coca cocacola
        pepsi nutella fanta cheese voiture camion tracteur avion bateau train ferrari porsche mercedes
        bmw audi peugeot renault citroen clio twingo megane scenic mustang corvette harley yamaha honda
        kawasaki suzuki ducati musique music guitare guitar piano batterie violon chanson rock metal
        metallica nirvana techno reggae bob bobmarley danser dance cinema photo photos livre livres
        cuisine couture peinture tarot belote poker joker bonbon bonbons cadeau ballons jouet poupees
        cartable crayon gomme stylo cahier table chaise fenetre porte lampe telephone portable tablette
        shadow phoenix ninja killer hunter ranger soldier legend power matrix energy freedom secret123
        hottie cheer player gamer zombie demon devil diable satan jesus christ dieu allah marie bible
        maestro docteur medecin infirmiere pompier police policier militaire facteur boulanger docteur
        """

    private static let heroes = """
        superman batman spiderman ironman starwars skywalker yoda vador jedi harrypotter potter hermione
        gandalf frodo bilbo naruto sasuke goku vegeta sangoku pikachu pokemon mario luigi zelda sonic
        minecraft fortnite roblox tintin milou asterix obelix idefix gaston schtroumpf barbapapa barbie
        mickey minnie donald dingo disney simpson homer bart garfield titeuf tarzan zorro hulk thor
        merlin arthur excalibur conan rambo rocky terminator matrix avatar titanic gladiator twilight
        winnie tigrou bambi simba nemo shrek reinedesneiges elsa olaf petitprince toutou peterpan
        clochette cendrillon blancheneige pinocchio spirou lucky
        """

    private static let stretches: Set<[UInt8]> = {
        let rows = [
            "azertyuiop", "qsdfghjklm", "wxcvbn", "qwertyuiop", "asdfghjkl", "zxcvbnm",
            "qwertzuiop", "yxcvbnm", "1234567890", "01234567890", "azertyuiopqsdfghjklmwxcvbn",
            "qwertyuiopasdfghjklzxcvbnm", "aqwzsxedcrfvtgbyhnujikolpm",
            "qazwsxedcrfvtgbyhnujmikolp", "1aqw2zsx3edc4rfv5tgb6yhn",
            "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
            "qaz1wsx2edc3", "1a2z3e4r5t6y7u8i9o0p", "a1z2e3r4t5y6u7i8o9p0",
            "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0", "1a2b3c4d5e6f7g8h9i",
            "a1b2c3d4e5f6g7h8i9", "a0z1e2r3t4y5", "qsdfghjklmwxcvbn", "azeqsdwxc", "qweasdzxc",
            "147258369", "741852963", "789456123", "123654789", "159753", "123456789a", "135792468",
            "246813579", "2468101214",
        ]
        var stretches: Set<[UInt8]> = []
        for row in rows {
            let bytes = Array(row.utf8)
            for start in bytes.indices {
                for end in bytes.indices where end >= start + 2 {
                    let stretch = Array(bytes[start...end])
                    stretches.insert(stretch)
                    stretches.insert(stretch.reversed())
                }
            }
        }
        return stretches
    }()
}
