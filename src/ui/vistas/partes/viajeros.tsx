import { useEffect, useRef } from 'preact/hooks'
import { cuantosViajan, type Viajeros } from '../criterios.ts'
import { useIdioma } from '../idioma.tsx'
import type { Clase } from '../tipos.ts'

const CLASES: readonly Clase[] = ['ECONOMICA', 'PREMIUM', 'EJECUTIVA', 'PRIMERA']
const TIPOS = ['adultos', 'menores', 'infantes'] as const
const MAXIMO = 9

type Eleccion = Viajeros & Readonly<{ clase: string }>

/** Quiénes viajan y en qué clase, en un panel que se cierra al salir de él o con Escape. Sólo deja elegir lo que se puede vender. */
export const CampoViajeros = ({ eleccion, alElegir }: { eleccion: Eleccion; alElegir: (cambio: Partial<Eleccion>) => void }) => {
  const { t } = useIdioma()
  const panel = useRef<HTMLDetailsElement>(null)
  useEffect(() => {
    const alTocar = ({ target }: PointerEvent) => {
      if (panel.current && !panel.current.contains(target as Node)) panel.current.open = false
    }
    addEventListener('pointerdown', alTocar)
    return () => removeEventListener('pointerdown', alTocar)
  }, [])
  const { clase } = eleccion
  return (
    <details
      class="campo viajeros"
      ref={panel}
      onKeyDown={(evento) => {
        if (evento.key !== 'Escape' || !panel.current?.open) return
        panel.current.open = false
        panel.current.querySelector('summary')?.focus()
      }}
    >
      <summary>
        <span class="etiqueta">{t.viajeros}</span>
        <span class="valor">{t.cuantos(cuantosViajan(eleccion))}</span>
        <small class="quieto">{t.clases[clase as Clase]}</small>
      </summary>
      <div class="tarjeta panel">
        {TIPOS.map((tipo) => (
          <Contador
            key={tipo}
            nombre={t[tipo]}
            valor={eleccion[tipo]}
            minimo={tipo === 'adultos' ? Math.max(1, eleccion.infantes) : 0}
            maximo={Math.min(eleccion[tipo] + MAXIMO - cuantosViajan(eleccion), tipo === 'infantes' ? eleccion.adultos : MAXIMO)}
            alCambiar={(valor) => alElegir({ [tipo]: valor })}
          />
        ))}
        <label class="clase">
          {t.clase}
          <select value={clase} onChange={(evento) => alElegir({ clase: evento.currentTarget.value })}>
            {CLASES.map((una) => (
              <option key={una} value={una}>
                {t.clases[una]}
              </option>
            ))}
          </select>
        </label>
      </div>
    </details>
  )
}

type PropiedadesDeContador = Readonly<{
  nombre: string
  valor: number
  minimo: number
  maximo: number
  alCambiar: (valor: number) => void
}>

const Contador = ({ nombre, valor, minimo, maximo, alCambiar }: PropiedadesDeContador) => {
  const { t } = useIdioma()
  return (
    <div class="contador" role="group" aria-label={nombre}>
      <span>{nombre}</span>
      <button type="button" aria-label={t.menos(nombre)} disabled={valor <= minimo} onClick={() => alCambiar(valor - 1)}>
        −
      </button>
      <output aria-live="polite">{valor}</output>
      <button type="button" aria-label={t.mas(nombre)} disabled={valor >= maximo} onClick={() => alCambiar(valor + 1)}>
        +
      </button>
    </div>
  )
}
