import { type ComponentChildren, createContext } from 'preact'
import { useContext, useState } from 'preact/hooks'
import { type Idioma, TEXTOS, type Textos } from './textos.ts'

type Valor = Readonly<{ idioma: Idioma; t: Textos; cambiar: (idioma: Idioma) => void }>

const Contexto = createContext<Valor>({ idioma: 'es', t: TEXTOS.es, cambiar: () => {} })

const inicial = (): Idioma => {
  const guardado = localStorage.getItem('idioma')
  if (guardado === 'es' || guardado === 'en') return guardado
  return navigator.language.toLowerCase().startsWith('en') ? 'en' : 'es'
}

/** El idioma de la página: el elegido, o el del navegador. */
export const ConIdioma = ({ children }: { children: ComponentChildren }) => {
  const [idioma, poner] = useState(inicial)
  document.documentElement.lang = idioma
  const cambiar = (nuevo: Idioma) => {
    localStorage.setItem('idioma', nuevo)
    document.documentElement.lang = nuevo
    poner(nuevo)
  }
  return <Contexto.Provider value={{ idioma, t: TEXTOS[idioma], cambiar }}>{children}</Contexto.Provider>
}

export const useIdioma = (): Valor => useContext(Contexto)
