import { useEffect, useState } from 'preact/hooks'
import { useIdioma } from '../idioma.tsx'
import { irA } from '../ruta.tsx'
import type { Clase } from '../tipos.ts'
import { CampoAeropuerto } from './combobox.tsx'

const CLASES: readonly Clase[] = ['ECONOMICA', 'PREMIUM', 'EJECUTIVA', 'PRIMERA']
const VIAJEROS = [
  ['adultos', 1, 9],
  ['menores', 0, 8],
  ['infantes', 0, 8],
] as const

const hoy = (): string => new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 10)

/** Los criterios se editan aquí y viven en la dirección. */
export const Buscador = ({ criterios }: { criterios: URLSearchParams }) => {
  const { t } = useIdioma()
  const [origen, ponerOrigen] = useState(criterios.get('origen') ?? '')
  const [destino, ponerDestino] = useState(criterios.get('destino') ?? '')
  const [revisar, ponerRevisar] = useState(false)
  useEffect(() => {
    ponerOrigen(criterios.get('origen') ?? '')
    ponerDestino(criterios.get('destino') ?? '')
  }, [criterios])

  const buscar = (evento: SubmitEvent) => {
    evento.preventDefault()
    ponerRevisar(true)
    const formulario = evento.currentTarget as HTMLFormElement
    const datos = new FormData(formulario)
    if (origen === '' || destino === '' || !datos.get('fecha')) {
      formulario.querySelector<HTMLElement>(origen === '' || destino === '' ? '[role=combobox]' : '[name=fecha]')?.focus()
      return
    }
    const nuevos = new URLSearchParams({ origen, destino })
    for (const [nombre, valor] of datos) if (typeof valor === 'string' && valor !== '') nuevos.set(nombre, valor)
    const orden = criterios.get('orden')
    if (orden) nuevos.set('orden', orden)
    irA(`/buscar?${nuevos}`)
  }

  return (
    <form class="buscador tarjeta" onSubmit={buscar} noValidate role="search" aria-label={t.buscar}>
      <CampoAeropuerto etiqueta={t.origen} codigo={origen} alElegir={ponerOrigen} error={revisar && origen === '' ? t.elige : undefined} />
      <CampoAeropuerto
        etiqueta={t.destino}
        codigo={destino}
        alElegir={ponerDestino}
        error={revisar && destino === '' ? t.elige : undefined}
      />
      <Fecha nombre="fecha" etiqueta={t.ida} valor={criterios.get('fecha')} error={revisar ? t.eligeFecha : undefined} />
      <Fecha nombre="regreso" etiqueta={t.regreso} valor={criterios.get('regreso')} />
      <details class="campo viajeros">
        <summary>
          <span class="etiqueta">{t.viajeros}</span>
          <ResumenDeViajeros criterios={criterios} />
        </summary>
        <div class="tarjeta panel">
          {VIAJEROS.map(([nombre, minimo, maximo]) => (
            <label key={nombre}>
              {t[nombre]}
              <input
                type="number"
                name={nombre}
                min={minimo}
                max={maximo}
                defaultValue={criterios.get(nombre) ?? String(minimo)}
                inputMode="numeric"
              />
            </label>
          ))}
          <label>
            {t.clase}
            <select name="clase" defaultValue={criterios.get('clase') ?? 'ECONOMICA'}>
              {CLASES.map((clase) => (
                <option key={clase} value={clase} selected={clase === (criterios.get('clase') ?? 'ECONOMICA')}>
                  {t.clases[clase]}
                </option>
              ))}
            </select>
          </label>
        </div>
      </details>
      <button class="principal" type="submit">
        {t.buscar}
      </button>
    </form>
  )
}

const Fecha = ({
  nombre,
  etiqueta,
  valor,
  error,
}: {
  nombre: string
  etiqueta: string
  valor: string | null
  error?: string | undefined
}) => {
  const [falta, marcar] = useState(false)
  return (
    <div class={error && falta ? 'campo con-error' : 'campo'}>
      <label for={`campo-${nombre}`}>{etiqueta}</label>
      <input
        id={`campo-${nombre}`}
        type="date"
        name={nombre}
        min={hoy()}
        defaultValue={valor ?? ''}
        onChange={(evento) => marcar(evento.currentTarget.value === '')}
        aria-describedby={error ? `error-${nombre}` : undefined}
      />
      <small class="quieto">{'\u00a0'}</small>
      {error && (falta || !valor) && (
        <small id={`error-${nombre}`} class="error solo-vacio">
          {error}
        </small>
      )}
    </div>
  )
}

const ResumenDeViajeros = ({ criterios }: { criterios: URLSearchParams }) => {
  const { t } = useIdioma()
  const total = VIAJEROS.reduce((suma, [nombre, minimo]) => suma + Number(criterios.get(nombre) ?? minimo), 0)
  return (
    <>
      <span class="valor">{t.cuantos(total)}</span>
      <small class="quieto">{t.clases[(criterios.get('clase') ?? 'ECONOMICA') as Clase]}</small>
    </>
  )
}
