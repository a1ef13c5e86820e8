import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { buscarAeropuertos } from '../api.ts'
import { useIdioma } from '../idioma.tsx'
import type { Aeropuerto } from '../tipos.ts'

type Propiedades = Readonly<{
  nombre: string
  etiqueta: string
  codigo: string
  error?: string | undefined
  alElegir: (codigo: string) => void
}>

const PAUSA_MS = 120

/**
 * Un aeropuerto por ciudad, nombre o código: combobox con lista y selección manual, como lo describe la guía ARIA APG. El teclado basta.
 */
export const CampoAeropuerto = ({ nombre, etiqueta, codigo, error, alElegir }: Propiedades) => {
  const { t, idioma } = useIdioma()
  const id = useId()
  const [texto, escribir] = useState('')
  const [elegido, elegir] = useState<Aeropuerto>()
  const [lista, llenar] = useState<readonly Aeropuerto[]>()
  const [activo, activar] = useState(-1)
  const tecleado = useRef(false)

  useEffect(() => {
    if (codigo === elegido?.codigo) return
    if (codigo === '') return elegido === undefined ? undefined : borrar()
    const control = new AbortController()
    buscarAeropuertos(codigo, control.signal).then((encontrados) => {
      const suyo = encontrados.find((aeropuerto) => aeropuerto.codigo === codigo)
      if (suyo) mostrar(suyo)
    }, ignorar)
    return () => control.abort()
  }, [codigo])

  useEffect(() => {
    if (!tecleado.current || texto.trim() === '') return llenar(undefined)
    const control = new AbortController()
    const pausa = setTimeout(() => buscarAeropuertos(texto.trim(), control.signal).then(ofrecer, ignorar), PAUSA_MS)
    return () => {
      clearTimeout(pausa)
      control.abort()
    }
  }, [texto])

  const ofrecer = (encontrados: readonly Aeropuerto[]) => {
    llenar(encontrados)
    activar(-1)
  }
  const mostrar = (aeropuerto: Aeropuerto) => {
    tecleado.current = false
    elegir(aeropuerto)
    escribir(`${aeropuerto.ciudad} (${aeropuerto.codigo})`)
    llenar(undefined)
    activar(-1)
  }
  const tomar = (aeropuerto: Aeropuerto) => {
    mostrar(aeropuerto)
    alElegir(aeropuerto.codigo)
  }
  const borrar = () => {
    elegir(undefined)
    escribir('')
  }
  const cerrar = () => llenar(undefined)
  /** Quien escribe el código entero ya eligió. */
  const exacto = lista?.find((aeropuerto) => aeropuerto.codigo === texto.trim().toUpperCase())

  const alTeclear = (evento: KeyboardEvent) => {
    const opciones = lista ?? []
    if (evento.key === 'Escape') return cerrar()
    if (opciones.length === 0) return
    if (evento.key === 'ArrowDown' || evento.key === 'ArrowUp') {
      evento.preventDefault()
      const paso = evento.key === 'ArrowDown' ? 1 : -1
      activar((activo + paso + opciones.length + (activo < 0 && paso < 0 ? 1 : 0)) % opciones.length)
    }
    const seleccionado = opciones[activo] ?? exacto ?? (opciones.length === 1 ? opciones[0] : undefined)
    if (evento.key === 'Enter' && seleccionado) {
      evento.preventDefault()
      tomar(seleccionado)
    }
  }

  const abierta = lista !== undefined
  const avisoVivo = abierta ? (lista.length === 0 ? t.ningunAeropuerto : t.encontrados(lista.length)) : ''
  return (
    <div class={error ? 'campo combo con-error' : 'campo combo'}>
      <label for={id}>{etiqueta}</label>
      <input
        id={id}
        name={nombre}
        role="combobox"
        autocomplete="off"
        spellcheck={false}
        placeholder={t.ciudadOCodigo}
        aria-autocomplete="list"
        aria-expanded={abierta && lista.length > 0}
        aria-controls={`${id}-lista`}
        aria-activedescendant={activo >= 0 ? `${id}-${activo}` : undefined}
        aria-invalid={error !== undefined}
        aria-describedby={error ? `${id}-error` : undefined}
        value={texto}
        onInput={(evento) => {
          tecleado.current = true
          escribir(evento.currentTarget.value)
          elegir(undefined)
          if (codigo !== '') alElegir('')
        }}
        onKeyDown={alTeclear}
        onFocus={(evento) => evento.currentTarget.select()}
        onBlur={() => (exacto ? tomar(exacto) : cerrar())}
      />
      <small class="quieto">{elegido?.nombre ?? '\u00a0'}</small>
      {error && (
        <small id={`${id}-error`} class="error">
          {error}
        </small>
      )}
      <ul id={`${id}-lista`} role="listbox" aria-label={etiqueta} hidden={!abierta || lista.length === 0}>
        {lista?.map((aeropuerto, i) => (
          <li
            key={aeropuerto.codigo}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === activo}
            onMouseDown={(evento) => evento.preventDefault()}
            onClick={() => tomar(aeropuerto)}
          >
            <span>
              <strong>{aeropuerto.ciudad}</strong>, {paisDe(aeropuerto.pais, idioma)}
              <small>{aeropuerto.nombre}</small>
            </span>
            <b>{aeropuerto.codigo}</b>
          </li>
        ))}
      </ul>
      {abierta && lista.length === 0 && <p class="lista-vacia">{t.ningunAeropuerto}</p>}
      <AvisoAlterno texto={avisoVivo} />
    </div>
  )
}

/** Dos regiones que se alternan: así también se anuncia el mismo número dos veces seguidas. */
const AvisoAlterno = ({ texto }: { texto: string }) => {
  const turno = useRef(0)
  const anterior = useRef('')
  if (texto !== '' && texto !== anterior.current) turno.current = 1 - turno.current
  anterior.current = texto
  return (
    <div class="oculto">
      <div aria-live="polite">{turno.current === 0 ? texto : ''}</div>
      <div aria-live="polite">{turno.current === 1 ? texto : ''}</div>
    </div>
  )
}

const paisDe = (codigo: string, idioma: string): string => {
  try {
    return new Intl.DisplayNames([idioma], { type: 'region' }).of(codigo) ?? codigo
  } catch {
    return codigo
  }
}

const ignorar = () => {}
